using System.Buffers.Binary;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Reads values as containerd writes them to its databases.</summary>
/// <remarks>
/// Numbers are varints of Go's package encoding/binary, unsigned ones plain and signed ones zigzag. Times are those of Go's
/// <c>Time.MarshalBinary</c>: version 1, seconds since the year 1 (8 bytes), nanoseconds (4), minutes east of UTC (2), all big-endian;
/// version 2 has seconds of the zone behind them. Source: the documentation of these packages; databases that containerd 1.6 wrote.
/// </remarks>
internal static class ContainerdValue
{
    private const int MaxVarintLength = 10;
    private const int TimeLength = 15;
    private const int LongTimeLength = 16;

    /// <summary>The whole value as an unsigned number.</summary>
    public static bool TryReadUnsigned(ReadOnlySpan<byte> value, out ulong number)
    {
        number = 0;
        if (value.Length is 0 or > MaxVarintLength)
            return false;
        for (int i = 0; i < value.Length; i++)
        {
            bool isLast = (value[i] & 0x80) == 0;
            if (isLast != (i == value.Length - 1) || (i == MaxVarintLength - 1 && value[i] > 1))
                return false;
            number |= (ulong)(value[i] & 0x7f) << (7 * i);
        }

        return true;
    }

    /// <summary>The whole value as a signed number.</summary>
    public static bool TryReadSigned(ReadOnlySpan<byte> value, out long number)
    {
        bool isNumber = TryReadUnsigned(value, out ulong folded);
        number = (long)(folded >> 1) ^ -(long)(folded & 1);
        return isNumber;
    }

    /// <summary>The whole value as a time, cut to what <see cref="DateTimeOffset"/> can tell apart (100 ns).</summary>
    public static bool TryReadTime(ReadOnlySpan<byte> value, out DateTimeOffset time)
    {
        time = default;
        if (value is not ([1, ..] and { Length: TimeLength } or [2, ..] and { Length: LongTimeLength }))
            return false;
        long seconds = BinaryPrimitives.ReadInt64BigEndian(value[1..]);
        int nanoseconds = BinaryPrimitives.ReadInt32BigEndian(value[9..]);
        if (seconds < 0 || seconds > DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerSecond || nanoseconds is < 0 or >= 1_000_000_000)
            return false;

        // The zone is for showing; the seconds are those of UTC.
        long ticks = (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);
        if (ticks > DateTimeOffset.MaxValue.Ticks)
            return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }
}
