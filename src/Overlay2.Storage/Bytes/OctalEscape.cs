using System.Buffers;

namespace Overlay2.Storage.Bytes;

/// <summary>The octal level of /proc files: a backslash and three octal digits stand for one byte.</summary>
/// <remarks>
/// <para>Decoding goes left to right, once: <c>\134040</c> is a backslash followed by <c>040</c>. A backslash that three
/// octal digits of at most <c>377</c> do not follow stands for itself.</para>
/// <para>Source: proc_pid_mountinfo(5); seen on Linux 6.18.</para>
/// </remarks>
public static class OctalEscape
{
    private const byte Backslash = (byte)'\\';

    /// <summary>Bytes that one escape takes: the backslash and its three digits.</summary>
    internal const int EscapeLength = 4;

    private static readonly SearchValues<byte> s_path = SearchValues.Create(" \t\n\\"u8);
    private static readonly SearchValues<byte> s_source = SearchValues.Create(" \t\n\\#"u8);
    private static readonly SearchValues<byte> s_option = SearchValues.Create(" \t\n\\,"u8);

    /// <summary>Decodes into a new array.</summary>
    /// <param name="escaped">The field as the kernel wrote it; any bytes.</param>
    /// <returns>The decoded bytes, never longer than <paramref name="escaped"/>.</returns>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] decoded = new byte[GetUnescapedLength(escaped)];
        TryUnescape(escaped, decoded, out _);
        return decoded;
    }

    /// <summary>Decodes into a buffer of the caller's; allocates nothing.</summary>
    /// <param name="escaped">The field as the kernel wrote it; any bytes.</param>
    /// <param name="destination">Room for the answer; may be the memory of <paramref name="escaped"/> itself. A buffer as
    /// long as <paramref name="escaped"/> is always enough.</param>
    /// <param name="written">How many bytes were written; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> destination, out int written)
    {
        written = 0;
        int to = 0;
        while (true)
        {
            int plain = escaped.IndexOf(Backslash);
            int copy = plain < 0 ? escaped.Length : plain;
            if (copy > destination.Length - to)
                return false;
            escaped[..copy].CopyTo(destination[to..]);
            to += copy;
            if (plain < 0)
            {
                written = to;
                return true;
            }

            escaped = escaped[copy..];
            if (to == destination.Length)
                return false;
            if (TryDecode(escaped, out byte value))
            {
                destination[to++] = value;
                escaped = escaped[EscapeLength..];
            }
            else
            {
                destination[to++] = Backslash;
                escaped = escaped[1..];
            }
        }
    }

    /// <summary>The length of the decoded field in bytes.</summary>
    /// <param name="escaped">The field as the kernel wrote it; any bytes.</param>
    public static int GetUnescapedLength(ReadOnlySpan<byte> escaped)
    {
        int length = 0;
        while (true)
        {
            int plain = escaped.IndexOf(Backslash);
            if (plain < 0)
                return length + escaped.Length;

            length += plain + 1;
            escaped = escaped[plain..];
            escaped = escaped[(TryDecode(escaped, out _) ? EscapeLength : 1)..];
        }
    }

    /// <summary>Writes a field as the kernel would, into a new array.</summary>
    /// <param name="raw">The bytes to write; any bytes.</param>
    /// <param name="set">Which bytes become escapes.</param>
    public static byte[] Escape(ReadOnlySpan<byte> raw, OctalEscapeSet set)
    {
        byte[] escaped = new byte[GetEscapedLength(raw, set)];
        TryEscape(raw, set, escaped, out _);
        return escaped;
    }

    /// <summary>Writes a field as the kernel would, into a buffer of the caller's; allocates nothing.</summary>
    /// <param name="raw">The bytes to write; any bytes.</param>
    /// <param name="set">Which bytes become escapes.</param>
    /// <param name="destination">Room for the answer, not overlapping <paramref name="raw"/>.</param>
    /// <param name="written">How many bytes were written; 0 when the answer is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short.</returns>
    public static bool TryEscape(ReadOnlySpan<byte> raw, OctalEscapeSet set, Span<byte> destination, out int written)
    {
        SearchValues<byte> special = SpecialBytes(set);
        written = 0;
        int to = 0;
        while (true)
        {
            int plain = raw.IndexOfAny(special);
            int copy = plain < 0 ? raw.Length : plain;
            if (copy > destination.Length - to)
                return false;
            raw[..copy].CopyTo(destination[to..]);
            to += copy;
            if (plain < 0)
            {
                written = to;
                return true;
            }

            if (destination.Length - to < EscapeLength)
                return false;
            Write(raw[copy], destination[to..]);
            to += EscapeLength;
            raw = raw[(copy + 1)..];
        }
    }

    /// <summary>The length in bytes of the field as the kernel would write it.</summary>
    /// <param name="raw">The bytes to write; any bytes.</param>
    /// <param name="set">Which bytes become escapes.</param>
    public static int GetEscapedLength(ReadOnlySpan<byte> raw, OctalEscapeSet set)
    {
        SearchValues<byte> special = SpecialBytes(set);
        int length = raw.Length;
        while (true)
        {
            int plain = raw.IndexOfAny(special);
            if (plain < 0)
                return length;
            length += EscapeLength - 1;
            raw = raw[(plain + 1)..];
        }
    }

    /// <summary>Writes one byte as backslash and three octal digits.</summary>
    internal static void Write(byte value, Span<byte> destination)
    {
        destination[3] = (byte)('0' + (value & 7));
        destination[2] = (byte)('0' + (value >> 3 & 7));
        destination[1] = (byte)('0' + (value >> 6));
        destination[0] = Backslash;
    }

    /// <summary>Decodes the escape that <paramref name="text"/> starts with, if it does.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < EscapeLength)
            return false;

        int high = text[1] - '0';
        int middle = text[2] - '0';
        int low = text[3] - '0';
        if ((uint)high > 3 || (uint)middle > 7 || (uint)low > 7)
            return false;

        value = (byte)(high << 6 | middle << 3 | low);
        return true;
    }

    private static SearchValues<byte> SpecialBytes(OctalEscapeSet set) => set switch
    {
        OctalEscapeSet.Path => s_path,
        OctalEscapeSet.Source => s_source,
        OctalEscapeSet.Option => s_option,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, message: null),
    };
}
