using System.Runtime.CompilerServices;

namespace Overlay2.Storage.Bytes;

/// <summary>Eight words of 64 bits, for processors without vectors.</summary>
internal readonly struct ByteWindowScalar : IByteWindow
{
    private const ulong EveryByte = 0x0101010101010101;
    private const ulong LowBits = 0x7f * EveryByte;

    /// <summary>Gathers the lowest bits of eight bytes in the highest byte, the first byte's bit lowest.</summary>
    private const ulong Gather = 0x0102040810204080;

    public static bool IsSupported => true;

    public static ulong Find(ref readonly byte window, byte value)
    {
        ulong found = 0;
        for (int i = 0; i < ByteWindow.Length; i += sizeof(ulong))
            found |= (ZeroBytes(Load(in window, i) ^ value * EveryByte) >> 7) * Gather >> 56 << i;
        return found;
    }

    public static bool Contains(ref readonly byte block, byte value)
    {
        ulong found = 0;
        for (int i = 0; i < ByteWindow.BlockLength; i += sizeof(ulong))
            found |= ZeroBytes(Load(in block, i) ^ value * EveryByte);
        return found != 0;
    }

    public static ulong FindPair(ref readonly byte window, byte value, byte other) =>
        Find(in window, value) & Find(in Unsafe.Add(ref Unsafe.AsRef(in window), 2), other);

    /// <summary>The highest bit of every byte that is 0.</summary>
    private static ulong ZeroBytes(ulong word) => ~((word & LowBits) + LowBits | word | LowBits);

    private static ulong Load(ref readonly byte window, int offset)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref Unsafe.AsRef(in window), offset));
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }
}
