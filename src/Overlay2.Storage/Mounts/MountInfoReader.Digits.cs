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

    /// <summary>Decodes one to eight digits.</summary>
    /// <returns><see langword="false"/> if these are more, none, or no digits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecode(int from, int to, out int value)
    {
        int count = to - from;
        if ((uint)(count - 1) < sizeof(uint))
            return TryDecodeFour((uint)LoadWord(from), count, out value);
        if ((uint)(count - 1) < sizeof(ulong))
            return TryDecodeEight(LoadWord(from), count, out value);
        value = 0;
        return false;
    }

    /// <summary>Decodes a major number of one digit, which file systems without a block device have: it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecodeShortMajor(out int major)
    {
        int from = _line.Ends[1];
        ref byte device = ref Unsafe.Add(ref _start, (nuint)(uint)from);
        major = 0;
        if (_line.Ends[2] - from <= 2 || Unsafe.Add(ref device, 1) != ':')
            return false;
        major = device - '0';
        return (uint)major <= 9;
    }

    /// <summary>Decodes a minor number behind such a major number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool TryDecodeMinorOfShortMajor(out int minor)
    {
        int from = _line.Ends[1];
        ref byte device = ref Unsafe.Add(ref _start, (nuint)(uint)from);
        minor = 0;
        return _line.Ends[2] - from > 2 && device != ':' && Unsafe.Add(ref device, 1) == ':'
            && TryDecode(from + 2, _line.Ends[2] - 1, out minor);
    }

    /// <summary>Decodes the major and the minor number of a device of at most eight bytes.</summary>
    private readonly bool TryDecodeDevice(out int major, out int minor)
    {
        int from = _line.Ends[1];
        int bits = 8 * (_line.Ends[2] - 1 - from);
        if ((uint)(bits - 1) < 64)
        {
            // The lowest byte that is 0 is marked rightly in its highest bit, whatever is above it.
            ulong word = LoadWord(from);
            ulong difference = word ^ ':' * EveryByte;
            ulong zeros = (difference - EveryByte) & ~difference & 0x80 * EveryByte;
            int colon = BitOperations.TrailingZeroCount(zeros) - 7;
            int behind = bits - colon - 8;
            if ((uint)(colon - 1) < 32 && (uint)(behind - 1) < 32)
                return TryDecodeBits((uint)word, colon, out major) & TryDecodeBits((uint)(word >> (colon + 8)), behind, out minor);
        }

        major = minor = 0;
        return false;
    }

    private readonly int GetMajor() => TryDecodeDevice(out int major, out _) ? major : GetNumber(MountInfoField.Major);

    private readonly int GetMinor() => TryDecodeDevice(out _, out int minor) ? minor : GetNumber(MountInfoField.Minor);

    private static bool TryDecodeFour(uint word, int count, out int value) => TryDecodeBits(word, 8 * count, out value);

    /// <summary>Decodes one to four digits, of which the first is the lowest byte.</summary>
    /// <param name="word">The digits, and anything above them.</param>
    /// <param name="bits">Eight for each digit.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDecodeBits(uint word, int bits, out int value)
    {
        // Leading zeros move in from the low end. A byte above 9 sets its highest bit.
        uint digits = (word ^ '0' * EveryByteOfFour) << -bits;
        uint tooLarge = (digits + (0x7f - 9) * EveryByteOfFour | digits) & 0x80 * EveryByteOfFour;

        // Two numbers of two digits, then one of four.
        uint pairs = digits * (10 * 256 + 1) >> 8 & 0x00ff00ff;
        value = (int)(pairs * (100 * 65536 + 1) >> 16);
        return tooLarge == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryDecodeEight(ulong word, int count, out int value)
    {
        int low = count - sizeof(uint);
        bool isNumber = TryDecodeFour((uint)word, sizeof(uint), out int high)
            & TryDecodeFour((uint)(word >> 32), low, out value);
        int scale = low switch { 1 => 10, 2 => 100, 3 => 1000, _ => 10000 };
        value += high * scale;
        return isNumber;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong LoadWord(int from)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(in Unsafe.Add(ref _start, (nuint)(uint)from));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
