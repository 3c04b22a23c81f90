using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <content>Numbers of up to eight digits, decoded at once in a word of 64 bits.</content>
/// <remarks>Eight bytes from the first digit on are always of the line: behind the device number come at least four spaces, the
/// separator and three spaces more.</remarks>
public ref partial struct MountInfoReader
{
    private const ulong EveryByte = 0x0101010101010101;

    /// <summary>Decodes one to eight digits.</summary>
    /// <returns><see langword="false"/> if these are more, none, or no digits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecode(int from, int to, out int value)
    {
        int count = to - from;
        if ((uint)(count - 1) >= sizeof(ulong))
        {
            value = 0;
            return false;
        }

        // Leading zeros move in from the low end, where the first digit is.
        ulong digits = (LoadWord(from) ^ '0' * EveryByte) << (64 - 8 * count);
        ulong tooLarge = (digits + (0x7f - 9) * EveryByte | digits) & 0x80 * EveryByte;

        // Pairs of digits, then pairs of pairs, then both halves.
        digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
        digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
        value = (int)(uint)(digits * 10000 + (digits >> 32));
        return tooLarge == 0;
    }

    /// <summary>Finds the colon of a device number in its first eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryFindColon(out int colon)
    {
        colon = 0;
        int from = _line.Ends[1];
        if (from == 0)
            return false;

        // The lowest byte that is 0 is marked rightly, whatever is above it.
        ulong word = LoadWord(from) ^ ':' * EveryByte;
        ulong zeros = (word - EveryByte) & ~word & 0x80 * EveryByte;
        colon = from + BitOperations.TrailingZeroCount(zeros) / 8;
        return zeros != 0 && colon < _line.Ends[2] - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong LoadWord(int from)
    {
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetReference(_text), _line.Start + from);
        ulong word = Unsafe.ReadUnaligned<ulong>(in first);
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
