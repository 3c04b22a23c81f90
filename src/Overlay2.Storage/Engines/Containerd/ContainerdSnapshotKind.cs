namespace Overlay2.Storage.Engines.Containerd;

/// <summary>What a snapshot of containerd is for.</summary>
public enum ContainerdSnapshotKind
{
    /// <summary>Made for reading: it is on its parent, and nothing is written to it.</summary>
    View = 1,

    /// <summary>Made for writing: a container's layer, or one that is being unpacked.</summary>
    Active = 2,

    /// <summary>Finished: others can be on it.</summary>
    Committed = 3,
}
