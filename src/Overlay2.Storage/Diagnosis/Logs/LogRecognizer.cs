using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis.Logs;

/// <summary>Recognizes what engines and kernels say when container storage fails.</summary>
/// <remarks>Thread-safe. Other text of the line, such as a date, does not matter, and a line can suggest several findings.</remarks>
public static class LogRecognizer
{
    /// <summary>Longer lines are looked at up to here.</summary>
    private const int MaxLineLength = 1 << 14;

    private const int MostPaths = 16;

    private static readonly SearchValues<char> s_afterPath = SearchValues.Create(" '\",;)");

    /// <summary>What a line suggests, in the order of the ids; nothing where it is not known.</summary>
    /// <param name="line">A line of the engine's or the kernel's log, or a command's answer.</param>
    public static ImmutableArray<LogSuggestion> Recognize(ReadOnlySpan<byte> line)
    {
        string text = LogPattern.TextOf(line[..Math.Min(line.Length, MaxLineLength)]);
        ImmutableArray<BytePath>? paths = null;
        var suggestions = ImmutableArray.CreateBuilder<LogSuggestion>();
        foreach (LogPattern pattern in LogPatterns.All)
        {
            if (pattern.Matches(text) && !suggestions.Any(suggestion => suggestion.Descriptor == pattern.Descriptor))
                suggestions.Add(new LogSuggestion(pattern.Descriptor, paths ??= FindPaths(text)));
        }

        suggestions.Sort((left, right) => string.CompareOrdinal(left.Descriptor.Id, right.Descriptor.Id));
        return suggestions.ToImmutable();
    }

    /// <summary>What a line suggests.</summary>
    /// <param name="line">The line as text.</param>
    public static ImmutableArray<LogSuggestion> Recognize(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return Recognize(Encoding.UTF8.GetBytes(line));
    }

    private static ImmutableArray<BytePath> FindPaths(string text)
    {
        var paths = ImmutableArray.CreateBuilder<BytePath>();
        for (int at = 0; at < text.Length && paths.Count < MostPaths; at++)
        {
            if (text[at] != '/' || (at > 0 && text[at - 1] is not (' ' or '\'' or '"' or '(' or '=' or ':')))
                continue;
            int end = text.AsSpan(at).IndexOfAny(s_afterPath);
            string path = text.Substring(at, end < 0 ? text.Length - at : end).TrimEnd(':', '.');
            if (path.Length > 1)
                paths.Add(new BytePath(Encoding.Latin1.GetBytes(path)));
            at += Math.Max(0, path.Length - 1);
        }

        return paths.ToImmutable();
    }
}
