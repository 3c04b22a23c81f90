namespace Overlay2.Storage.Simulation;

/// <summary>The file systems whose rules the simulator knows.</summary>
public enum SimulatedFileSystemKind
{
    /// <summary>ext4 with blocks of 4096 bytes.</summary>
    Ext4,

    /// <summary>xfs, which shares the blocks of copied files.</summary>
    Xfs,

    /// <summary>tmpfs.</summary>
    Tmpfs,
}
