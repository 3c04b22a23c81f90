using System.Text;

namespace Overlay2.Cli.Shell;

/// <summary>Splits a line into words: spaces part them, double quotes keep them together, a number sign at the start is a comment.</summary>
internal static class ShellWords
{
    /// <exception cref="UsageException">A quote is not closed.</exception>
    public static string[] Split(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        bool inWord = false, inQuotes = false;
        if (line.TrimStart().StartsWith('#'))
            return [];
        foreach (char c in line)
        {
            if (c == '"')
            {
                inQuotes = !inQuotes;
                inWord = true;
            }
            else if (char.IsWhiteSpace(c) && !inQuotes)
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (inQuotes)
            throw new UsageException("A quote is not closed.");
        if (inWord)
            words.Add(word.ToString());
        return [.. words];
    }
}
