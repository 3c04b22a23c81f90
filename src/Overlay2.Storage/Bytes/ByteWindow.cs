using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Bytes;

/// <summary>Searches that read by windows of 64 bytes and never outside the text.</summary>
internal static class ByteWindow
{
    /// <summary>Bytes of a window: as many as a mask has bits.</summary>
    public const int Length = 64;

    /// <summary>Bytes that a long search looks at before it branches.</summary>
    public const int BlockLength = 4 * Length;

    /// <summary>The bytes of the window at <paramref name="offset"/> that equal <paramref name="value"/>; none behind the end.</summary>
    /// <param name="text">The first byte of the text.</param>
    /// <param name="length">The length of the text.</param>
    /// <param name="offset">Where the window starts, below <paramref name="length"/>.</param>
    /// <param name="value">The byte to find.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find<TWindow>(ref readonly byte text, int length, int offset, byte value)
        where TWindow : struct, IByteWindow =>
        offset <= length - Length
            ? TWindow.Find(in Unsafe.Add(ref Unsafe.AsRef(in text), offset), value)
            : FindInTail<TWindow>(in text, length, offset, value);

    /// <summary>The offset of the first <paramref name="value"/> at or behind <paramref name="offset"/>; the length if there is none.</summary>
    /// <param name="text">The first byte of the text.</param>
    /// <param name="length">The length of the text.</param>
    /// <param name="offset">Where the search starts, at most <paramref name="length"/>.</param>
    /// <param name="value">The byte to find.</param>
    public static int IndexOf<TWindow>(ref readonly byte text, int length, int offset, byte value)
        where TWindow : struct, IByteWindow
    {
        if (offset <= length - Length)
        {
            ulong found = TWindow.Find(in Unsafe.Add(ref Unsafe.AsRef(in text), offset), value);
            if (found != 0)
                return offset + BitOperations.TrailingZeroCount(found);
            offset += Length;
            for (; offset <= length - BlockLength; offset += BlockLength)
            {
                ref byte block = ref Unsafe.Add(ref Unsafe.AsRef(in text), offset);
                if (TWindow.Contains(in block, value))
                    return offset + IndexInBlock<TWindow>(ref block, value);
            }
        }

        for (; offset < length; offset += Length)
        {
            ulong found = Find<TWindow>(in text, length, offset, value);
            if (found != 0)
                return offset + BitOperations.TrailingZeroCount(found);
        }

        return length;
    }

    /// <summary>The offset of the first <paramref name="value"/> in a block that has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IndexInBlock<TWindow>(ref byte block, byte value)
        where TWindow : struct, IByteWindow
    {
        int offset = 0;
        ulong found;
        while ((found = TWindow.Find(in Unsafe.Add(ref block, (nuint)(uint)offset), value)) == 0)
            offset += Length;
        return offset + BitOperations.TrailingZeroCount(found);
    }

    /// <summary>The last window of a text: read backwards from its end, or copied where the whole text is shorter.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FindInTail<TWindow>(ref readonly byte text, int length, int offset, byte value)
        where TWindow : struct, IByteWindow
    {
        int count = length - offset;
        if (length >= Length)
            return TWindow.Find(in Unsafe.Add(ref Unsafe.AsRef(in text), length - Length), value) >> (Length - count);

        Span<byte> copy = stackalloc byte[Length];
        copy.Clear();
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.Add(ref Unsafe.AsRef(in text), offset), count).CopyTo(copy);
        return TWindow.Find(in copy[0], value) & ((1UL << count) - 1);
    }
}
