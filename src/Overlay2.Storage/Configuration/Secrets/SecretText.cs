using System.Buffers;
using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of text whose form is not known: lines of a log, messages, comments, addresses; and out of names.</summary>
internal static class SecretText
{
    /// <summary>The codes of what is written with an escape, three characters each.</summary>
    private const string Escaped = "22 27 3C 3E 26";

    private static readonly SearchValues<byte> s_ends = SearchValues.Create(" \t\r\n\v\f\0\"<>`"u8);

    /// <summary>Without one of these a name is one word, and only a token by its form can be in it: a colon alone stands in digests and lists of paths.</summary>
    private static readonly SearchValues<byte> s_marks = SearchValues.Create("=@%\"' \t\r\n\v\f\0"u8);

    /// <summary>Free text: addresses, what is named, flags, sentences, tokens and codes by their form.</summary>
    public static ByteString Filter(ReadOnlySpan<byte> text) => SecretMarker.Settle(text, Pass);

    /// <summary>What hides something only when it is read without its escapes, is shown without those of JSON; a word with those of an address is not shown.</summary>
    private static byte[] Pass(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> plain = text.IndexOf("u00"u8) >= 0 ? WithoutEscapes(text) : text;
        byte[] filtered = new SecretScanner(plain, isSentence: true).Run();
        if (plain != text && filtered.AsSpan().SequenceEqual(plain))
            filtered = text.ToArray();
        return filtered.AsSpan().IndexOf("%22"u8) < 0 && filtered.AsSpan().IndexOf("%3"u8) < 0 ? filtered : WithoutEncodedWords(filtered);
    }

    /// <summary>The text with the quotes and brackets that writers of JSON write as <c>\u0022</c>, <c>\u0027</c>, <c>\u003c</c> and <c>\u003e</c>.</summary>
    private static byte[] WithoutEscapes(ReadOnlySpan<byte> text)
    {
        List<byte> plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int code = i > 0 && text[i - 1] == (byte)'\\' && i + 5 <= text.Length && text[i..].StartsWith("u00"u8) ? Escaped.IndexOf(Encoding.Latin1.GetString(text.Slice(i + 3, 2)).ToUpperInvariant(), StringComparison.Ordinal) : -1;
            if (code < 0 || code % 3 != 0)
            {
                plain.Add(text[i]);
                continue;
            }

            // A quote keeps the backslash before it, other signs need none.
            if (code > 0)
                plain.RemoveAt(plain.Count - 1);
            plain.Add((byte)"\"'<>&"[code / 3]);
            i += 4;
        }

        return [.. plain];
    }

    private static byte[] WithoutEncodedWords(ReadOnlySpan<byte> text)
    {
        List<byte> shown = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int length = text[at..].IndexOfAny(s_ends);
            length = length < 0 ? text.Length - at : length;
            ReadOnlySpan<byte> word = text.Slice(at, length);
            bool hides = false;
            if (word.Contains((byte)'%'))
            {
                // In a unit a percent sign is written twice.
                byte[] plain = Encoding.Latin1.GetBytes(Uri.UnescapeDataString(Encoding.Latin1.GetString(word).Replace("%%", "%", StringComparison.Ordinal)));
                hides = !plain.AsSpan().SequenceEqual(word) && !new SecretScanner(plain, isSentence: true).Run().AsSpan().SequenceEqual(plain);
            }

            shown.AddRange(hides ? SecretMarker.Text : word);
            at += length;
            if (at < text.Length)
                shown.Add(text[at++]);
        }

        return [.. shown];
    }

    /// <summary>A name, an id or a path: a word in it means nothing, but an address, an assignment or a token does.</summary>
    public static ByteString FilterName(ByteString name) =>
        IsPlainName(name.Span) ? name
        : SecretShapes.SlashFlagLength(name.Span) is > 0 and int length ? new ByteString([.. name.Span[..length], .. SecretMarker.Text])
        : SecretMarker.Settle(name.Span, static part => new SecretScanner(part, isSentence: false).Run());

    /// <summary>Whether nothing can be in a name, as in nearly all: those of layers, digests and most paths.</summary>
    public static bool IsPlainName(ReadOnlySpan<byte> name) =>
        !name.ContainsAny(s_marks) && !HasCredential(name) && SecretShapes.SlashFlagLength(name) == 0;

    /// <summary>A comment: what follows a word that tells of a secret goes.</summary>
    public static ByteString FilterComment(ReadOnlySpan<byte> text) => SecretMarker.Settle(text, static part =>
    {
        byte[] filtered = Pass(part);
        for (int i = 0; i < filtered.Length;)
        {
            int length = SecretShapes.RunLength(filtered.AsSpan(i));
            if (length == 0)
            {
                i++;
                continue;
            }

            if (SecretNames.IsSecret(filtered.AsSpan(i, length)) && filtered.AsSpan(i + length).ContainsAnyExcept(" \t\r\n"u8))
            {
                ReadOnlySpan<byte> rest = filtered.AsSpan(i + length);
                ReadOnlySpan<byte> said = rest.Trim(" \t\r\n:=.,"u8);
                if (said.IsEmpty || said.SequenceEqual(SecretMarker.Text))
                    break;
                return [.. filtered.AsSpan(0, i + length), (byte)' ', .. SecretMarker.Text, .. Enumerable.Repeat((byte)'\n', rest.Count((byte)'\n'))];
            }

            i += length;
        }

        return filtered;
    });

    /// <summary>The text without keys in their armour, as far as these have an end.</summary>
    public static ReadOnlySpan<byte> WithoutKeys(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("-----BEGIN "u8) < 0)
            return text;
        List<byte> filtered = new(text.Length);
        while (text.IndexOf("-----BEGIN "u8) is >= 0 and var start && text[start..].IndexOf("-----END "u8) is >= 0 and var length)
        {
            int behind = start + length + "-----END "u8.Length;
            int dashes = text[behind..].IndexOf("-----"u8);
            int line = text[behind..].IndexOfAny((byte)'\r', (byte)'\n');
            int end = dashes >= 0 && (line < 0 || dashes < line) ? behind + dashes + 5 : line < 0 ? text.Length : behind + line;
            filtered.AddRange(text[..start]);
            SecretMarker.Add(filtered, text[start..end]);
            text = text[end..];
        }

        filtered.AddRange(text);
        return filtered.ToArray();
    }

    private static bool HasCredential(ReadOnlySpan<byte> name)
    {
        while (!name.IsEmpty)
        {
            int length = SecretShapes.RunLength(name);
            if (SecretShapes.IsCredential(name[..length]))
                return true;
            name = name[Math.Max(1, length)..];
        }

        return false;
    }
}
