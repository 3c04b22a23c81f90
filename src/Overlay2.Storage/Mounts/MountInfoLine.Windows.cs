using System.Numerics;
using System.Runtime.CompilerServices;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <content>The fast way: by windows of 64 bytes.</content>
internal partial struct MountInfoLine
{
    /// <summary>The fields that have a space behind them when there are no optional ones: six, the separator, type and source.</summary>
    private const int FewestSpaces = 9;

    /// <summary>Spaces of one window that are stored; a line with more in it goes the other way.</summary>
    private const int MostSpacesOfWindow = 16;

    /// <summary>Finds the fields of a line that is as most lines are.</summary>
    /// <param name="text">The first byte of the text.</param>
    /// <param name="length">The length of the text.</param>
    /// <param name="start">Where the line starts, before the end.</param>
    /// <returns><see langword="false"/> if the line is bad, or odd in that it has many optional fields: nothing is known then.</returns>
    /// <remarks>Windows start where the line starts, so that fields of alike lines cross them at the same places: a branch
    /// predictor learns that.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryParse<TWindow>(ref readonly byte text, int length, int start)
        where TWindow : struct, IByteWindow
    {
        ref byte line = ref Unsafe.Add(ref Unsafe.AsRef(in text), start);
        ref int ends = ref Ends[0];
        int rest = length - start;
        int count = 0;
        int offset = 0;
        while (true)
        {
            ulong spaces = ByteWindow.Find<TWindow>(in line, rest, offset, (byte)' ');
            ulong newlines = ByteWindow.Find<TWindow>(in line, rest, offset, (byte)'\n');
            if (rest - offset < ByteWindow.Length)
                newlines |= 1UL << (rest - offset); // the text ends the line

            spaces &= newlines ^ (newlines - 1);
            int found = BitOperations.PopCount(spaces);
            if (count > MountInfoFields.Length - MostSpacesOfWindow || found > MostSpacesOfWindow)
                return false;
            StoreEnds(ref Unsafe.Add(ref ends, count), spaces, found, offset + 1);
            count += found;

            if (count >= FewestSpaces)
            {
                int before = MountOptions;
                while (!IsSeparator(in line, in ends, before) && before <= count - 4)
                    before++;
                if (before <= count - 4)
                {
                    BeforeSeparator = before;
                    Start = start;
                    Length = newlines != 0
                        ? offset + BitOperations.TrailingZeroCount(newlines)
                        : ByteWindow.IndexOf<TWindow>(in line, rest, offset + ByteWindow.Length, (byte)'\n');
                    return true;
                }
            }

            offset += ByteWindow.Length;
            if (newlines != 0 || offset >= rest)
                return false;
        }
    }

    /// <summary>Whether the field behind another one is a lone hyphen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSeparator(ref readonly byte line, ref readonly int ends, int before)
    {
        int start = Unsafe.Add(ref Unsafe.AsRef(in ends), before);
        return Unsafe.Add(ref Unsafe.AsRef(in ends), before + 1) - start == 2 && Unsafe.Add(ref Unsafe.AsRef(in line), start) == '-';
    }

    /// <summary>Stores the places of the bits, four at a time: a few places too many cost less than a branch for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEnds(ref int ends, ulong spaces, int found, int offset)
    {
        for (int i = 0; i < found; i += 4)
        {
            ref int four = ref Unsafe.Add(ref ends, i);
            four = offset + BitOperations.TrailingZeroCount(spaces);
            spaces &= spaces - 1;
            Unsafe.Add(ref four, 1) = offset + BitOperations.TrailingZeroCount(spaces);
            spaces &= spaces - 1;
            Unsafe.Add(ref four, 2) = offset + BitOperations.TrailingZeroCount(spaces);
            spaces &= spaces - 1;
            Unsafe.Add(ref four, 3) = offset + BitOperations.TrailingZeroCount(spaces);
            spaces &= spaces - 1;
        }
    }
}
