namespace Overlay2.Storage.Snapshots;

/// <summary>The member of a snapshot file that says how the others are to be read.</summary>
internal sealed class SnapshotHeader
{
    public int FormatVersion { get; init; }
}
