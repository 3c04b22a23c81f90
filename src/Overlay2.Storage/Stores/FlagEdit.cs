using System.Text;

namespace Overlay2.Storage.Stores;

/// <summary>Changes the storage driver's flag in a variable of a file of variables and leaves every other byte as it is.</summary>
internal static class FlagEdit
{
    private const string LongFlag = "--storage-driver";
    private const string ShortFlag = "-s";

    /// <summary>Sets the driver wherever the variable names one.</summary>
    /// <exception cref="ConfigurationFormatException">The flag is not written plainly.</exception>
    public static byte[] Set(ReadOnlySpan<byte> content, int line, string driver) => Edit(content, line, driver);

    /// <summary>Takes the flag out wherever the variable has it.</summary>
    /// <exception cref="ConfigurationFormatException">The flag is not written plainly.</exception>
    public static byte[] Remove(ReadOnlySpan<byte> content, int line) => Edit(content, line, driver: null);

    private static byte[] Edit(ReadOnlySpan<byte> content, int line, string? driver)
    {
        EnvironmentAssignment assignment = EnvironmentFile.Parse(content).Find(entry => entry.Line == line)
            ?? throw new ConfigurationFormatException(line, 0, "There is no assignment.");
        ReadOnlySpan<byte> value = assignment.Value.Span;
        if (value.IndexOfAny("\"'\\$"u8) >= 0)
            throw new ConfigurationFormatException(line, assignment.ValueStart, $"{assignment.Name} holds quotes, escapes or variables; change it by hand.");

        List<byte> changed = [.. content];
        List<Range> words = Words(value);
        foreach (Flag flag in Enumerable.Reverse(Flags(value, words)))
        {
            int start = words[flag.FirstWord].Start.Value;
            int end = words[flag.LastWord].End.Value;
            if (driver is not null)
                Replace(assignment, changed, flag.ValueStart, end, driver);
            else if (start > 0)
                Replace(assignment, changed, flag.FirstWord > 0 ? words[flag.FirstWord - 1].End.Value : 0, end, "");
            else
                Replace(assignment, changed, start, end < value.Length ? end + 1 : end, "");
        }

        return [.. changed];
    }

    /// <summary>The driver's flags in order. A word that is the value of a flag is none itself: as the engine reads them, from the first on.</summary>
    private static List<Flag> Flags(ReadOnlySpan<byte> value, List<Range> words)
    {
        List<Flag> flags = [];
        for (int i = 0; i < words.Count; i++)
        {
            int start = words[i].Start.Value;
            string word = Encoding.Latin1.GetString(value[words[i]]);
            if (word is LongFlag or ShortFlag)
            {
                if (i + 1 == words.Count)
                    break;
                flags.Add(new Flag(i, i + 1, words[i + 1].Start.Value));
                i++;
            }
            else if (word.StartsWith(LongFlag + "=", StringComparison.Ordinal))
                flags.Add(new Flag(i, i, start + LongFlag.Length + 1));
            else if (word.StartsWith(ShortFlag, StringComparison.Ordinal))
                flags.Add(new Flag(i, i, start + ShortFlag.Length + (word[ShortFlag.Length] == '=' ? 1 : 0)));
        }

        return flags;
    }

    private static List<Range> Words(ReadOnlySpan<byte> value)
    {
        List<Range> words = [];
        for (int i = 0; i < value.Length;)
        {
            int length = value[i..].IndexOfAny(" \t\r\n"u8);
            int end = length < 0 ? value.Length : i + length;
            if (end > i)
                words.Add(i..end);
            i = end + 1;
        }

        return words;
    }

    private static void Replace(EnvironmentAssignment assignment, List<byte> content, int start, int end, string text)
    {
        // An empty value has no place of its own; it follows the sign before it.
        int first = start < end ? assignment.Places[start] : assignment.Places[start - 1] + 1;
        int last = start < end ? assignment.Places[end - 1] : first - 1;
        if (last - first != end - 1 - start)
            throw new ConfigurationFormatException(assignment.Line, first, $"The flag in {assignment.Name} is broken by quotes or line ends; change it by hand.");
        content.RemoveRange(first, last - first + 1);
        content.InsertRange(first, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A flag with its value: the words it takes, and where the value starts.</summary>
    private readonly record struct Flag(int FirstWord, int LastWord, int ValueStart);
}
