using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Overlay2.Storage.Bytes;

/// <summary>One vector of 512 bits.</summary>
internal readonly struct ByteWindow512 : IByteWindow
{
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(ref readonly byte window, byte value) =>
        Vector512.Equals(Vector512.LoadUnsafe(in window), Vector512.Create(value)).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(ref readonly byte block, byte value)
    {
        // A byte that equals the value becomes 0, and 0 is the least of all.
        Vector512<byte> wanted = Vector512.Create(value);
        Vector512<byte> low = Vector512.Min(Vector512.LoadUnsafe(in block) ^ wanted, Vector512.LoadUnsafe(in block, 64) ^ wanted);
        Vector512<byte> high = Vector512.Min(Vector512.LoadUnsafe(in block, 128) ^ wanted, Vector512.LoadUnsafe(in block, 192) ^ wanted);
        return Vector512.EqualsAny(Vector512.Min(low, high), Vector512<byte>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FindPair(ref readonly byte window, byte value, byte other)
    {
        Vector512<byte> differences = Vector512.LoadUnsafe(in window) ^ Vector512.Create(value)
            | Vector512.LoadUnsafe(in window, 2) ^ Vector512.Create(other);
        return Vector512.Equals(differences, Vector512<byte>.Zero).ExtractMostSignificantBits();
    }
}
