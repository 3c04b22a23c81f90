using System.Collections.Immutable;
using System.Text;

namespace Overlay2.Storage.Diagnosis.Logs;

/// <summary>Words that a message holds, in this order, whatever their case. Of words between which there is a <c>|</c> one is enough: the first that comes.</summary>
/// <remarks>Words after a <c>!</c> are those that a message must not hold, wherever they stand: it is of something else.</remarks>
internal sealed class LogPattern
{
    private readonly ImmutableArray<string[]> _words;

    private readonly ImmutableArray<string> _others;

    public LogPattern(string id, params ImmutableArray<string> words)
    {
        Id = id;
        _words = [.. words.Where(word => !word.StartsWith('!')).Select(word => word.Split('|'))];
        _others = [.. words.Where(word => word.StartsWith('!')).SelectMany(word => word[1..].Split('|'))];
    }

    public string Id { get; }

    /// <summary>Asked for late: the table of findings holds the rules, and these the patterns.</summary>
    public FindingDescriptor Descriptor => FindingIds.Get(Id);

    public bool Matches(string line)
    {
        int from = 0;
        foreach (string[] words in _words)
        {
            int first = -1;
            int end = 0;
            foreach (string word in words)
            {
                int at = line.IndexOf(word, from, StringComparison.OrdinalIgnoreCase);
                if (at >= 0 && (first < 0 || at < first))
                    (first, end) = (at, at + word.Length);
            }

            if (first < 0)
                return false;
            from = end;
        }

        return !_others.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A line as text: messages are ASCII, and bytes beyond stay apart.</summary>
    public static string TextOf(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line);
}
