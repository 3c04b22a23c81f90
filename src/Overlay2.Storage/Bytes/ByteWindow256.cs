using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Overlay2.Storage.Bytes;

/// <summary>Two vectors of 256 bits.</summary>
internal readonly struct ByteWindow256 : IByteWindow
{
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(ref readonly byte window, byte value)
    {
        Vector256<byte> wanted = Vector256.Create(value);
        ulong low = Vector256.Equals(Vector256.LoadUnsafe(in window), wanted).ExtractMostSignificantBits();
        ulong high = Vector256.Equals(Vector256.LoadUnsafe(in window, 32), wanted).ExtractMostSignificantBits();
        return low | high << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(ref readonly byte block, byte value)
    {
        Vector256<byte> wanted = Vector256.Create(value);
        Vector256<byte> first = Least(in block, 0, wanted);
        Vector256<byte> second = Least(in block, 128, wanted);
        return Vector256.EqualsAny(Vector256.Min(first, second), Vector256<byte>.Zero);
    }

    /// <summary>The least of four vectors, in which a byte that equals the wanted one has become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Least(ref readonly byte block, nuint offset, Vector256<byte> wanted)
    {
        Vector256<byte> low = Vector256.Min(
            Vector256.LoadUnsafe(in block, offset) ^ wanted, Vector256.LoadUnsafe(in block, offset + 32) ^ wanted);
        Vector256<byte> high = Vector256.Min(
            Vector256.LoadUnsafe(in block, offset + 64) ^ wanted, Vector256.LoadUnsafe(in block, offset + 96) ^ wanted);
        return Vector256.Min(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FindPair(ref readonly byte window, byte value, byte other) =>
        FindPair(in window, 0, value, other) | FindPair(in window, 32, value, other) << 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FindPair(ref readonly byte window, nuint offset, byte value, byte other) =>
        (Vector256.Equals(Vector256.LoadUnsafe(in window, offset), Vector256.Create(value))
            & Vector256.Equals(Vector256.LoadUnsafe(in window, offset + 2), Vector256.Create(other))).ExtractMostSignificantBits();
}
