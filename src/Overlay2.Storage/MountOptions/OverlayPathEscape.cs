using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>The two levels that hide a path in <c>lowerdir=</c>, <c>upperdir=</c> and <c>workdir=</c>: octal escapes around
/// backslash pairs.</summary>
/// <remarks>
/// <para>First <see cref="OctalEscape"/> is undone, as the kernel made it last; then a backslash takes the next byte literally
/// (<c>p\q</c> means <c>pq</c>), and a last one means nothing. <c>lo\134\054w</c> is the path <c>lo,w</c>.</para>
/// <para><c>lowerdir+=</c> and <c>datadir+=</c> have the octal level only. Source: Linux 6.18, tried.</para>
/// </remarks>
public static class OverlayPathEscape
{
    private const byte Backslash = (byte)'\\';

    /// <summary>Decodes both levels into a new array.</summary>
    /// <param name="escaped">A path as mountinfo shows it; any bytes.</param>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] decoded = new byte[GetUnescapedLength(escaped)];
        TryUnescape(escaped, decoded, out _);
        return decoded;
    }

    /// <summary>Decodes both levels into a buffer of the caller's; allocates nothing.</summary>
    /// <param name="escaped">A path as mountinfo shows it; any bytes.</param>
    /// <param name="destination">Room for the answer, or the memory of <paramref name="escaped"/> itself; as long as
    /// <paramref name="escaped"/> is always enough.</param>
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
                break;

            escaped = escaped[copy..];
            if (!TakeByte(ref escaped, out byte value))
                break;
            if (to == destination.Length)
                return false;
            destination[to++] = value;
        }

        written = to;
        return true;
    }

    /// <summary>The length in bytes of the path without both levels.</summary>
    /// <param name="escaped">A path as mountinfo shows it; any bytes.</param>
    public static int GetUnescapedLength(ReadOnlySpan<byte> escaped)
    {
        int length = 0;
        while (true)
        {
            int plain = escaped.IndexOf(Backslash);
            if (plain < 0)
                return length + escaped.Length;
            length += plain;
            escaped = escaped[plain..];
            if (TakeByte(ref escaped, out _))
                length++;
        }
    }

    /// <summary>Finds the next colon that is not behind a backslash.</summary>
    /// <param name="escaped">Layers as mountinfo shows them.</param>
    /// <param name="from">Where the search starts.</param>
    /// <param name="width">The bytes that the colon takes: 1, or 4 if it is an octal escape.</param>
    /// <returns>The offset of the colon, or the length if there is none.</returns>
    internal static int IndexOfColon(ReadOnlySpan<byte> escaped, int from, out int width)
    {
        ReadOnlySpan<byte> rest = escaped[from..];
        while (true)
        {
            int special = rest.IndexOfAny(Backslash, (byte)':');
            if (special < 0)
            {
                width = 0;
                return escaped.Length;
            }

            rest = rest[special..];
            int colon = escaped.Length - rest.Length;
            width = TakeOctalLevel(ref rest, out byte value);
            if (value == ':')
                return colon;
            if (value == Backslash)
                TakeOctalLevel(ref rest, out _);
        }
    }

    /// <summary>Takes the byte that a backslash or an octal escape at the start stands for.</summary>
    /// <returns><see langword="false"/> if it is a last backslash, which stands for nothing.</returns>
    private static bool TakeByte(ref ReadOnlySpan<byte> escaped, out byte value)
    {
        TakeOctalLevel(ref escaped, out value);
        return value != Backslash || TakeOctalLevel(ref escaped, out value) != 0;
    }

    private static int TakeOctalLevel(ref ReadOnlySpan<byte> escaped, out byte value)
    {
        value = 0;
        int width = escaped.IsEmpty ? 0 : 1;
        if (width == 0)
            return 0;
        if (escaped[0] == Backslash && OctalEscape.TryDecode(escaped, out byte decoded))
        {
            width = OctalEscape.EscapeLength;
            value = decoded;
        }
        else
        {
            value = escaped[0];
        }

        escaped = escaped[width..];
        return width;
    }
}
