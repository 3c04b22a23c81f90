using System.Buffers.Text;
using System.Text;

namespace Overlay2.Storage.Configuration;

/// <summary>Splits the value of a unit's setting into words.</summary>
/// <remarks>Source: systemd.syntax(7), "Quoting"; systemd.service(5), "Command lines". An unknown escape stays as it is.</remarks>
internal static class UnitWords
{
    /// <summary>Splits at white space, takes quotes off and escapes out.</summary>
    /// <param name="text">The value.</param>
    /// <param name="words">The words; up to an unclosed quote.</param>
    /// <returns><see langword="false"/> if a quote is not closed.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> text, out List<byte[]> words)
    {
        words = [];
        List<byte> word = [];
        bool isWord = false;
        byte quote = 0;
        for (int i = 0; i < text.Length; i++)
        {
            byte value = text[i];
            switch (value)
            {
                case (byte)'\\':
                    i += Unescape(text[i..], word) - 1;
                    isWord = true;
                    break;
                case (byte)'\'' or (byte)'"' when quote == 0 || quote == value:
                    quote = quote == 0 ? value : (byte)0;
                    isWord = true;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' when quote == 0:
                    if (isWord)
                        words.Add([.. word]);
                    word.Clear();
                    isWord = false;
                    break;
                default:
                    word.Add(value);
                    isWord = true;
                    break;
            }
        }

        if (quote != 0)
            return false;
        if (isWord)
            words.Add([.. word]);
        return true;
    }

    /// <summary>Takes specifiers out: only <c>%%</c> has a value that does not depend on the running manager.</summary>
    public static byte[] ExpandSpecifiers(ReadOnlySpan<byte> word)
    {
        List<byte> expanded = new(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            expanded.Add(word[i]);
            if (word[i..].StartsWith("%%"u8))
                i++;
        }

        return [.. expanded];
    }

    /// <summary>Adds what an escape stands for.</summary>
    /// <returns>The length of the escape.</returns>
    private static int Unescape(ReadOnlySpan<byte> text, List<byte> word)
    {
        if (text.Length < 2)
        {
            word.Add((byte)'\\');
            return 1;
        }

        int simple = "abfnrtv\\\"'s"u8.IndexOf(text[1]);
        if (simple >= 0)
        {
            word.Add("\a\b\f\n\r\t\v\\\"' "u8[simple]);
            return 2;
        }

        (int digits, int start, char format) = text[1] switch
        {
            (byte)'x' => (2, 2, 'x'),
            (byte)'u' => (4, 2, 'x'),
            (byte)'U' => (8, 2, 'x'),
            >= (byte)'0' and <= (byte)'7' => (3, 1, 'o'),
            _ => (0, 0, ' '),
        };
        if (digits == 0 || text.Length < start + digits || !TryNumber(text.Slice(start, digits), format, out uint number) || number == 0)
        {
            word.Add((byte)'\\');
            word.Add(text[1]);
            return 2;
        }

        if (digits <= 3 && number <= byte.MaxValue)
        {
            word.Add((byte)number);
        }
        else if (Rune.TryCreate(number, out Rune rune))
        {
            Span<byte> bytes = stackalloc byte[4];
            word.AddRange(bytes[..rune.EncodeToUtf8(bytes)]);
        }

        return start + digits;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, char format, out uint number)
    {
        if (format == 'x')
            return Utf8Parser.TryParse(digits, out number, out int length, 'x') && length == digits.Length;
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            number = (number * 8) + digit - '0';
        }

        return true;
    }
}
