using System.Numerics;
using System.Runtime.CompilerServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <content>The fast way: by windows of 64 bytes.</content>
internal partial struct MountInfoLine
{
    /// <summary>The fields that have a space behind them when there are no optional ones: six, the separator, type and source.</summary>
    private const int FewestSpaces = 9;

    /// <summary>Spaces that are stored at most; with more in the windows of its fields a line goes the other way.</summary>
    private const int MostSpaces = MountInfoFields.Length - 4;

    /// <summary>Finds the fields of a line that is as most lines are.</summary>
    /// <param name="line">The first byte of the line.</param>
    /// <param name="rest">The bytes from there to the end of the text, at least one.</param>
    /// <returns>The length of the line. Negative if the line is bad, or odd in that it has many optional fields: nothing is known
    /// then.</returns>
    /// <remarks>Windows start where the line starts, so that fields of alike lines cross them at the same places: a branch
    /// predictor learns that.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Parse<TWindow>(ref byte line, int rest)
        where TWindow : struct, IByteWindow
    {
        ref int ends = ref Ends[0];
        ulong newlines;
        int count = 0;
        int offset = 0;
        while (true)
        {
            ulong spaces;
            if (offset <= rest - ByteWindow.Length)
            {
                ref byte window = ref Unsafe.Add(ref line, (nuint)(uint)offset);
                spaces = TWindow.Find(in window, (byte)' ');
                newlines = TWindow.Find(in window, (byte)'\n');
            }
            else if (offset == rest)
            {
                return -1;
            }
            else
            {
                spaces = ByteWindow.FindInTail<TWindow>(in line, rest, offset, (byte)' ');
                newlines = ByteWindow.FindInTail<TWindow>(in line, rest, offset, (byte)'\n') | 1UL << (rest - offset);
            }

            if (newlines != 0)
                spaces &= newlines ^ (newlines - 1);
            int found = BitOperations.PopCount(spaces);
            if (count + found > MostSpaces)
                return -1;
            ref int next = ref Unsafe.Add(ref ends, (nuint)(uint)count);
            count += found;
            StoreFour(ref next, ref spaces, offset + 1);
            if (found > 4)
                StoreMore(ref Unsafe.Add(ref next, 4), spaces, offset + 1);

            if (count >= FewestSpaces)
            {
                nint before = MountOptions;
                nint last = count - 4;
                while (before <= last && !IsSeparator(in line, in ends, before))
                    before++;
                if (before <= last)
                {
                    BeforeSeparator = before;
                    Space = 1;
                    break;
                }
            }

            offset += ByteWindow.Length;
            if (newlines != 0)
                return -1;
        }

        return newlines != 0
            ? offset + BitOperations.TrailingZeroCount(newlines)
            : ByteWindow.IndexOf<TWindow>(in line, rest, offset + ByteWindow.Length, (byte)'\n');
    }

    /// <summary>Stores the places of a window that has more than four: straight on for up to eight, which is what lines have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreMore(ref int ends, ulong spaces, int offset)
    {
        StoreFour(ref ends, ref spaces, offset);
        for (int stored = 4; spaces != 0; stored += 4)
            StoreFour(ref Unsafe.Add(ref ends, stored), ref spaces, offset);
    }

    /// <summary>Whether a lone hyphen is the field behind another one, which is not the last of the line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSeparator(ref readonly byte line, ref readonly int ends, nint before)
    {
        int start = Unsafe.Add(ref Unsafe.AsRef(in ends), before);
        ushort hyphen = Unsafe.ReadUnaligned<ushort>(in Unsafe.Add(ref Unsafe.AsRef(in line), (nuint)(uint)start));
        return hyphen == (BitConverter.IsLittleEndian ? '-' | ' ' << 8 : '-' << 8 | ' ');
    }

    /// <summary>Stores the places of the next four bits: a few places too many cost less than a branch for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(ref int ends, ref ulong spaces, int offset)
    {
        ulong rest = spaces;
        ends = offset + BitOperations.TrailingZeroCount(rest);
        rest &= rest - 1;
        Unsafe.Add(ref ends, 1) = offset + BitOperations.TrailingZeroCount(rest);
        rest &= rest - 1;
        Unsafe.Add(ref ends, 2) = offset + BitOperations.TrailingZeroCount(rest);
        rest &= rest - 1;
        Unsafe.Add(ref ends, 3) = offset + BitOperations.TrailingZeroCount(rest);
        spaces = rest & (rest - 1);
    }
}
