using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Changes a flag of the engine in a variable of a file of variables and leaves every other byte as it is.</summary>
internal static class FlagEdit
{
    /// <summary>Sets a directive wherever the variable has its flag.</summary>
    /// <exception cref="ConfigurationFormatException">The flag is not written plainly.</exception>
    public static byte[] Set(ReadOnlySpan<byte> content, int line, string directive, string value) => Edit(content, line, directive, _ => true, value);

    /// <summary>Takes the flag of a directive out wherever the variable has it with such a value.</summary>
    /// <exception cref="ConfigurationFormatException">The flag is not written plainly.</exception>
    public static byte[] Remove(ReadOnlySpan<byte> content, int line, string directive, Predicate<ByteString> isMeant) => Edit(content, line, directive, isMeant, replacement: null);

    private static byte[] Edit(ReadOnlySpan<byte> content, int line, string directive, Predicate<ByteString> isMeant, string? replacement)
    {
        EnvironmentAssignment assignment = EnvironmentFile.Parse(content).Find(entry => entry.Line == line)
            ?? throw new ConfigurationFormatException(line, 0, "There is no assignment.");
        ReadOnlySpan<byte> value = assignment.Value.Span;
        if (value.IndexOfAny("\"'\\$"u8) >= 0)
            throw new ConfigurationFormatException(line, assignment.ValueStart, $"{assignment.Name} holds quotes, escapes or variables; change it by hand.");

        List<byte> changed = [.. content];
        List<Range> words = Words(value);
        List<Flag> flags = Flags(assignment, words, directive).FindAll(flag =>
            isMeant(flag.ValueStart < 0 ? ByteString.FromText("true") : new ByteString(assignment.Value.Span[flag.ValueStart..words[flag.LastWord].End.Value])));
        int leading = replacement is null && words.Count > 0 && words[0].Start.Value == 0 ? CountLeading(flags) : 0;
        for (int i = flags.Count - 1; i >= 0; i--)
        {
            Flag flag = flags[i];
            int end = words[flag.LastWord].End.Value;
            if (replacement is not null)
                Replace(assignment, changed, flag.ValueStart, end, replacement);
            else
                Replace(assignment, changed, flag.FirstWord > 0 ? words[flag.FirstWord - 1].End.Value : 0, i == leading - 1 && end < value.Length ? end + 1 : end, "");
        }

        return [.. changed];
    }

    /// <summary>The flags that the value begins with: behind them a blank is left over, which for others is the one before.</summary>
    private static int CountLeading(List<Flag> flags)
    {
        int count = 0;
        for (int word = 0; count < flags.Count && flags[count].FirstWord == word; count++)
            word = flags[count].LastWord + 1;
        return count;
    }

    /// <summary>The flags of a directive in order. A word that is the value of a flag is none itself: as the engine reads them, from the first on.</summary>
    private static List<Flag> Flags(EnvironmentAssignment assignment, List<Range> words, string directive)
    {
        ReadOnlySpan<byte> value = assignment.Value.Span;
        List<Flag> flags = [];
        for (int i = 0; i < words.Count; i++)
        {
            ReadOnlySpan<byte> word = value[words[i]];
            if (word.SequenceEqual("--"u8))
                break;
            int valueStart = -1;
            EngineDirective? known = word.StartsWith("--"u8) ? ReadLong(word, ref valueStart)
                : word is [(byte)'-', _, ..] ? ReadShort(assignment, word, directive, ref valueStart)
                : null;
            if (known is null)
                continue;

            int first = i;
            if (valueStart >= 0)
                valueStart += words[i].Start.Value;
            else if (known.Type != DirectiveType.Switch && ++i == words.Count)
                break;
            else if (known.Type != DirectiveType.Switch)
                valueStart = words[i].Start.Value;
            if (known.Key == directive)
                flags.Add(new Flag(first, i, valueStart));
        }

        return flags;
    }

    private static EngineDirective? ReadLong(ReadOnlySpan<byte> word, ref int valueStart)
    {
        int equals = word.IndexOf((byte)'=');
        if (equals >= 0)
            valueStart = equals + 1;
        return EngineDirectives.OfFlag(Encoding.UTF8.GetString(equals < 0 ? word[2..] : word[2..equals]));
    }

    /// <summary>The flag of a word that can take a value: the last letter of several.</summary>
    private static EngineDirective? ReadShort(EnvironmentAssignment assignment, ReadOnlySpan<byte> word, string directive, ref int valueStart)
    {
        for (int at = 1; at < word.Length; at++)
        {
            if (EngineDirectives.OfShort((char)word[at]) is not { } known)
                return null;
            ReadOnlySpan<byte> rest = word[(at + 1)..];
            bool isJoined = known.Type == DirectiveType.Switch && rest is [not (byte)'=', ..];
            if (known.Key == directive && (isJoined || at > 1))
                throw new ConfigurationFormatException(assignment.Line, assignment.ValueStart, $"{assignment.Name} joins the flag with others in one word; change it by hand.");
            if (isJoined)
                continue;
            if (!rest.IsEmpty)
                valueStart = at + (rest[0] == (byte)'=' ? 2 : 1);
            return known;
        }

        return null;
    }

    private static List<Range> Words(ReadOnlySpan<byte> value)
    {
        List<Range> words = [];
        foreach (Range word in value.SplitAny(" \t\r\n"u8))
        {
            if (word.Start.Value < word.End.Value)
                words.Add(word);
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

    /// <summary>A flag with its value: the words it takes, and where the value starts; -1 for a switch without one.</summary>
    private readonly record struct Flag(int FirstWord, int LastWord, int ValueStart);
}
