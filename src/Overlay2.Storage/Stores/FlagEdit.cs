using System.Text;

namespace Overlay2.Storage.Stores;

/// <summary>Changes the storage driver's flag in a variable of a file of variables and leaves every other byte as it is.</summary>
internal static class FlagEdit
{
    private const string LongFlag = "--storage-driver";

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
        for (int i = words.Count - 1; i >= 0; i--)
        {
            (int start, int length) = words[i].GetOffsetAndLength(value.Length);
            string word = Encoding.Latin1.GetString(value.Slice(start, length));
            int end = start + length;
            int valueStart = word switch
            {
                LongFlag or "-s" => i + 1 < words.Count ? words[i + 1].Start.Value : -1,
                _ when word.StartsWith(LongFlag + "=", StringComparison.Ordinal) => start + LongFlag.Length + 1,
                _ when word.StartsWith("-s=", StringComparison.Ordinal) => start + 3,
                _ when word.StartsWith("-s", StringComparison.Ordinal) => start + 2,
                _ => -1,
            };
            if (valueStart < 0)
                continue;
            if (valueStart > end)
                end = words[i + 1].End.Value;
            if (driver is not null)
                Replace(assignment, changed, valueStart, end, driver);
            else if (start > 0)
                Replace(assignment, changed, i > 0 ? words[i - 1].End.Value : 0, end, "");
            else
                Replace(assignment, changed, start, end < value.Length ? end + 1 : end, "");
        }

        return [.. changed];
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
}
