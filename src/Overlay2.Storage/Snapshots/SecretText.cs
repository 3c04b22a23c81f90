using System.Buffers;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>Takes credentials out of any text: those in addresses (<c>http://user:password@proxy</c>) and values with a telling name.</summary>
internal static class SecretText
{
    private const int MostNameLength = 64;

    private static readonly string[] s_tellingNames = ["token", "password", "passwd", "secret", "credential", "apikey", "api-key", "api_key"];

    private static readonly SearchValues<byte> s_endOfWord = SearchValues.Create(" \t\r\n\"',;"u8);

    private static ReadOnlySpan<byte> Redacted => "REDACTED"u8;

    /// <summary>Addresses and <c>NAME=VALUE</c>.</summary>
    public static ByteString Filter(ReadOnlySpan<byte> text)
    {
        List<byte> filtered = new(text.Length);
        int copied = 0;
        int searched = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int start;
            int end;
            if (i >= searched && (text[i..].StartsWith("://"u8) || text[i..].StartsWith(":\\/\\/"u8)))
            {
                start = i + (text[i + 1] == (byte)'/' ? "://".Length : ":\\/\\/".Length);
                int word = EndFrom(text, start);
                int at = text[start..word].LastIndexOf((byte)'@');
                searched = word;
                if (at < 0)
                    continue;
                end = start + at;
            }
            else if (text[i] == (byte)'=' && i >= copied && IsTelling(NameBefore(text, i)))
            {
                start = i + 1;
                end = EndFrom(text, start);
            }
            else
            {
                continue;
            }

            filtered.AddRange(text[copied..start]);
            filtered.AddRange(Redacted);
            copied = end;
            i = Math.Max(i, end - 1);
        }

        filtered.AddRange(text[copied..]);
        return ByteString.Wrap(filtered.ToArray());
    }

    /// <summary>The texts that are values of members with telling names, whether the JSON is whole or not.</summary>
    public static byte[] FilterJson(ReadOnlySpan<byte> json)
    {
        List<byte> filtered = new(json.Length);
        bool isTelling = false;
        for (int i = 0; i < json.Length;)
        {
            if (json[i] != (byte)'"')
            {
                isTelling &= json[i] is (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
                filtered.Add(json[i++]);
                continue;
            }

            int end = EndOfText(json, i);
            ReadOnlySpan<byte> quoted = json[i..end];
            ReadOnlySpan<byte> behind = json[end..].TrimStart(" \t\r\n"u8);
            bool isName = behind is [(byte)':', ..];
            filtered.AddRange(isTelling && !isName ? [(byte)'"', .. Redacted, (byte)'"'] : quoted);
            isTelling = isName && IsTelling(quoted.Trim((byte)'"'));
            i = end;
        }

        return [.. filtered];
    }

    public static bool IsNameCharacter(byte value) => value is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_';

    private static int EndFrom(ReadOnlySpan<byte> text, int start)
    {
        int length = text[start..].IndexOfAny(s_endOfWord);
        int end = length < 0 ? text.Length : start + length;

        // A backslash at the end of a line joins it with the next one.
        return end < text.Length && text[end] is (byte)'\r' or (byte)'\n' && end > start && text[end - 1] == (byte)'\\' ? end - 1 : end;
    }

    private static ReadOnlySpan<byte> NameBefore(ReadOnlySpan<byte> text, int end)
    {
        int start = end;
        while (start > 0 && end - start < MostNameLength && (IsNameCharacter(text[start - 1]) || text[start - 1] is (byte)'-' or (byte)'.'))
            start--;
        return text[start..end];
    }

    private static bool IsTelling(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
            return false;
        if (name.Length > MostNameLength)
            name = name[..MostNameLength];
        string text = System.Text.Encoding.Latin1.GetString(name);
        return Array.Exists(s_tellingNames, telling => text.Contains(telling, StringComparison.OrdinalIgnoreCase));
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        for (int i = start + 1; i < json.Length; i++)
        {
            if (json[i] == (byte)'\\')
                i++;
            else if (json[i] == (byte)'"')
                return i + 1;
        }

        return json.Length;
    }
}
