using System.Collections.Immutable;
using System.Text;

namespace Overlay2.Storage.Diagnosis.Logs;

/// <summary>Words that a message holds, in this order, whatever their case.</summary>
internal sealed class LogPattern
{
    private readonly ImmutableArray<string> _words;

    public LogPattern(string id, params ImmutableArray<string> words)
    {
        Descriptor = FindingIds.Get(id);
        _words = words;
    }

    public FindingDescriptor Descriptor { get; }

    public bool Matches(string line)
    {
        int from = 0;
        foreach (string word in _words)
        {
            int at = line.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return false;
            from = at + word.Length;
        }

        return true;
    }

    /// <summary>A line as text: messages are ASCII, and bytes beyond stay apart.</summary>
    public static string TextOf(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);
}
