namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The file systems whose rules the model knows.</summary>
internal enum BackingFileSystemKind
{
    Ext4,
    Xfs,
    Tmpfs,
}
