namespace Overlay2.Storage.Snapshots;

/// <summary>How much of a snapshot file something is, by what loading bounds.</summary>
/// <param name="Bytes">Bytes of JSON.</param>
/// <param name="Commas">Values have commas between them; those in texts count too.</param>
internal readonly record struct SnapshotSize(long Bytes, long Commas)
{
    /// <summary>So many bytes of its bound a snapshot has for each value at least. Captures have more than 30; what is all empty values would take forty times its length in memory.</summary>
    private const int BytesForValue = 16;

    /// <summary>So many values are always taken.</summary>
    private const int FewValues = 1 << 16;

    /// <summary>How much of a bound it takes, in bytes: the more it takes of either, the more it is.</summary>
    public long Weight => Math.Max(Bytes, Commas * BytesForValue);

    public static SnapshotSize operator +(SnapshotSize one, SnapshotSize other) => new(one.Bytes + other.Bytes, one.Commas + other.Commas);

    public static SnapshotSize operator -(SnapshotSize one, SnapshotSize other) => new(one.Bytes - other.Bytes, one.Commas - other.Commas);

    public static SnapshotSize Of(ReadOnlySpan<byte> json) => new(json.Length, json.Count((byte)','));

    /// <summary>The most values of a snapshot of at most so many bytes.</summary>
    public static int MostValues(int maxLength) => Math.Max(FewValues, maxLength / BytesForValue);

    /// <summary>Whether a snapshot of this size is loaded.</summary>
    public bool FitsIn(int maxLength) => Bytes <= maxLength && Commas <= MostValues(maxLength);
}
