using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Overlay2.Storage.Mounts;

/// <content>Numbers of up to eight digits, decoded at once in a word of 64 bits.</content>
/// <remarks>Eight bytes from the first digit on are always of the line: behind the device number come at least four spaces, the
/// separator and three spaces more.</remarks>
public ref partial struct MountInfoReader
{
    private const ulong EveryByte = 0x0101010101010101;
    private const uint EveryByteOfFour = 0x01010101;

    /// <summary>Gets a number; straight on if it has one to four digits.</summary>
    /// <param name="from">Where the field starts.</param>
    /// <param name="end">The offset behind the field and its space.</param>
    /// <param name="field">The field, for the other ways.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int GetNumber(int from, int end, MountInfoField field)
    {
        // How many of four bytes are not digits: 0 to 3, and something else for a longer or an empty field or no line.
        int others = from - end + 1 + sizeof(uint);
        if ((uint)others < sizeof(uint))
        {
            uint digits = ToDigits((uint)LoadWord(from), 8 * others);
            if (AreDigits(digits))
                return ToNumber(digits);
        }

        return GetLongNumber(from, end, field);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int GetLongNumber(int from, int end, MountInfoField field)
    {
        int others = from - end + 1 + sizeof(ulong);
        if ((uint)others < sizeof(uint))
        {
            ulong word = LoadWord(from);
            uint high = ToDigits((uint)word, 0);
            uint low = ToDigits((uint)(word >> 32), 8 * others);
            if (AreDigits(high | low))
                return ToNumber(high) * (others switch { 0 => 10000, 1 => 1000, 2 => 100, _ => 10 }) + ToNumber(low);
        }

        return GetAnyNumber(field);
    }

    /// <summary>Decodes a major number of one digit and its colon, as file systems without a block device have: their number is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecodeMajor(out uint major)
    {
        int from = _line.Ends[1];
        if (from == 0)
        {
            major = 0;
            return false;
        }

        ref byte device = ref Unsafe.Add(ref _start, (nuint)(uint)from);
        major = (uint)(device | Unsafe.Add(ref device, 1) << 8) ^ ('0' | ':' << 8);
        return major <= 9;
    }

    /// <summary>Gets a major number that is not of one digit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int GetLongMajor()
    {
        if (TryFindColon(out int bits) && bits <= 8 * sizeof(uint))
        {
            uint digits = ToDigits((uint)LoadWord(_line.Ends[1]), -bits);
            if (AreDigits(digits))
                return ToNumber(digits);
        }

        return GetAnyNumber(MountInfoField.Major);
    }

    /// <summary>Gets a minor number behind such a major number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int GetLongMinor() => TryFindColon(out int bits)
        ? GetNumber(_line.Ends[1] + bits / 8 + 1, _line.Ends[2], MountInfoField.Minor)
        : GetAnyNumber(MountInfoField.Minor);

    /// <summary>Finds the first colon of a device number behind its first byte.</summary>
    /// <param name="bits">Eight for each byte before it, at most 56.</param>
    /// <returns><see langword="false"/> if there is no line, or no colon in the first eight bytes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryFindColon(out int bits)
    {
        bits = 0;
        int from = _line.Ends[1];
        if (from == 0)
            return false;

        // The lowest byte that is 0 is marked rightly in its highest bit, whatever is above it.
        ulong difference = LoadWord(from) ^ ':' * EveryByte;
        ulong zeros = (difference - EveryByte) & ~difference & 0x80 * EveryByte;
        bits = BitOperations.TrailingZeroCount(zeros) - 7;
        return (uint)(bits - 8) <= 48;
    }

    /// <summary>The values of four digits, of which the first is the lowest byte.</summary>
    /// <param name="word">The digits, and anything above them.</param>
    /// <param name="shift">Eight for each byte that is none; modulo 32. Leading zeros move in from the low end.</param>
    private static uint ToDigits(uint word, int shift) => (word ^ '0' * EveryByteOfFour) << shift;

    /// <summary>Whether no byte is above 9.</summary>
    private static bool AreDigits(uint digits) => ((digits + (0x7f - 9) * EveryByteOfFour | digits) & 0x80 * EveryByteOfFour) == 0;

    /// <summary>The number: two of two digits, then one of four.</summary>
    private static int ToNumber(uint digits)
    {
        uint pairs = digits * (10 * 256 + 1) >> 8 & 0x00ff00ff;
        return (int)(pairs * (100 * 65536 + 1) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong LoadWord(int from)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref _start, (nuint)(uint)from));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
