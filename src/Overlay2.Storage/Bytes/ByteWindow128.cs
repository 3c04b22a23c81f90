using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Overlay2.Storage.Bytes;

/// <summary>Four vectors of 128 bits: SSE2, NEON, and whatever else has such.</summary>
internal readonly struct ByteWindow128 : IByteWindow
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Find(ref readonly byte window, byte value)
    {
        Vector128<byte> wanted = Vector128.Create(value);
        ulong first = Vector128.Equals(Vector128.LoadUnsafe(in window), wanted).ExtractMostSignificantBits();
        ulong second = Vector128.Equals(Vector128.LoadUnsafe(in window, 16), wanted).ExtractMostSignificantBits();
        ulong third = Vector128.Equals(Vector128.LoadUnsafe(in window, 32), wanted).ExtractMostSignificantBits();
        ulong fourth = Vector128.Equals(Vector128.LoadUnsafe(in window, 48), wanted).ExtractMostSignificantBits();
        return first | second << 16 | third << 32 | fourth << 48;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(ref readonly byte block, byte value)
    {
        Vector128<byte> wanted = Vector128.Create(value);
        Vector128<byte> low = Vector128.Min(Least(in block, 0, wanted), Least(in block, 64, wanted));
        Vector128<byte> high = Vector128.Min(Least(in block, 128, wanted), Least(in block, 192, wanted));
        return Vector128.EqualsAny(Vector128.Min(low, high), Vector128<byte>.Zero);
    }

    /// <summary>The least of four vectors, in which a byte that equals the wanted one has become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Least(ref readonly byte block, nuint offset, Vector128<byte> wanted)
    {
        Vector128<byte> low = Vector128.Min(
            Vector128.LoadUnsafe(in block, offset) ^ wanted, Vector128.LoadUnsafe(in block, offset + 16) ^ wanted);
        Vector128<byte> high = Vector128.Min(
            Vector128.LoadUnsafe(in block, offset + 32) ^ wanted, Vector128.LoadUnsafe(in block, offset + 48) ^ wanted);
        return Vector128.Min(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FindPair(ref readonly byte window, byte value, byte other) =>
        FindPair(in window, 0, value, other) | FindPair(in window, 16, value, other) << 16
        | FindPair(in window, 32, value, other) << 32 | FindPair(in window, 48, value, other) << 48;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FindPair(ref readonly byte window, nuint offset, byte value, byte other) =>
        (Vector128.Equals(Vector128.LoadUnsafe(in window, offset), Vector128.Create(value))
            & Vector128.Equals(Vector128.LoadUnsafe(in window, offset + 2), Vector128.Create(other))).ExtractMostSignificantBits();
}
