using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>The backslash level of layer paths in <c>lowerdir</c>, <c>upperdir</c> and <c>workdir</c>: a backslash makes the next byte plain.</summary>
/// <remarks>Source: the kernel's document filesystems/overlayfs; experiments on Linux 6.18.</remarks>
internal static class LayerEscape
{
    private const byte Backslash = (byte)'\\';

    /// <summary>The path that a value names. A backslash at the end stands for nothing.</summary>
    public static BytePath Unescape(ReadOnlySpan<byte> value)
    {
        if (!value.Contains(Backslash))
            return new BytePath(value);

        byte[] path = new byte[value.Length];
        int length = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (value[i] == Backslash && ++i == value.Length)
                break;
            path[length++] = value[i];
        }

        return new BytePath(ByteString.Wrap(path.AsMemory(0, length)));
    }

    /// <summary>Appends a path so that <see cref="Unescape"/> gives it back, with colons made plain on request.</summary>
    public static void Append(List<byte> value, BytePath path, bool escapeColons)
    {
        foreach (byte b in path.Span)
        {
            if (b == Backslash || (escapeColons && b == (byte)':'))
                value.Add(Backslash);
            value.Add(b);
        }
    }

    /// <summary>Where <paramref name="separator"/> is in the text, not made plain by a backslash; -1 if nowhere.</summary>
    public static int IndexOfPlain(ReadOnlySpan<byte> text, byte separator)
    {
        int from = 0;
        while (true)
        {
            int next = text[from..].IndexOfAny(separator, Backslash);
            if (next < 0)
                return -1;
            if (text[from + next] == separator)
                return from + next;
            from += next + 2;
            if (from >= text.Length)
                return -1;
        }
    }

    /// <summary>Whether the text ends in a backslash that would make a following byte plain.</summary>
    public static bool EndsOpen(ReadOnlySpan<byte> text)
    {
        int backslashes = text.Length - text.TrimEnd(Backslash).Length;
        return (backslashes & 1) == 1;
    }
}
