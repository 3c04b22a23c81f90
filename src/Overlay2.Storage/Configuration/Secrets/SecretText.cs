using System.Buffers;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration.Secrets;

/// <summary>Takes secrets out of text whose form is not known: lines of a log, messages, comments, addresses; and out of names.</summary>
internal static class SecretText
{
    /// <summary>Without one of these a name is one word, and only a token by its form can be in it: a colon alone stands in digests and lists of paths.</summary>
    private static readonly SearchValues<byte> s_marks = SearchValues.Create("=@%\"' \t\r\n\v\f\0"u8);

    /// <summary>Free text: addresses, what is named, flags, sentences, tokens and codes by their form.</summary>
    public static ByteString Filter(ReadOnlySpan<byte> text) => SecretMarker.Settle(text, static part => new SecretScanner(part, isSentence: true).Run());

    /// <summary>A name, an id or a path: a word in it means nothing, but an address, an assignment or a token does.</summary>
    public static ByteString FilterName(ByteString name) =>
        IsPlainName(name.Span) ? name : SecretMarker.Settle(name.Span, static part => new SecretScanner(part, isSentence: false).Run());

    /// <summary>Whether nothing can be in a name, as in nearly all: those of layers, digests and most paths.</summary>
    public static bool IsPlainName(ReadOnlySpan<byte> name) =>
        !name.ContainsAny(s_marks) && !HasCredential(name);

    /// <summary>A comment: what follows a word that tells of a secret goes.</summary>
    public static ByteString FilterComment(ReadOnlySpan<byte> text) => SecretMarker.Settle(text, static part =>
    {
        byte[] filtered = new SecretScanner(part, isSentence: true).Run();
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
