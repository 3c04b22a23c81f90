namespace Overlay2.Storage.Snapshots;

/// <summary>Whether a part of a snapshot is known.</summary>
public enum SnapshotPartStatus
{
    /// <summary>Nobody looked: the part does not belong to this snapshot.</summary>
    NotTaken,

    /// <summary>The part could not be read.</summary>
    Failed,

    /// <summary>The part is there.</summary>
    Known,
}
