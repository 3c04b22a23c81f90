namespace Overlay2.Storage.Mounts;

/// <summary>Whether a mount can be seen at its mount point.</summary>
public enum MountVisibilityStatus
{
    /// <summary>The table does not say: no chain of parents leads from the mount to the root mount.</summary>
    Unknown,

    /// <summary>A path walk to the mount point ends in this mount.</summary>
    Visible,

    /// <summary>A path walk to the mount point ends in another mount.</summary>
    Hidden,
}
