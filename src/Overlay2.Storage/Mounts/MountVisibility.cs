using System.Runtime.InteropServices;

namespace Overlay2.Storage.Mounts;

/// <summary>Whether a mount can be seen at its mount point, and what is seen there instead.</summary>
/// <remarks>Made by <see cref="MountTable.GetVisibility"/>; allocates nothing.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MountVisibility
{
    internal MountVisibility(MountVisibilityStatus status, MountEntry? hiddenBy)
    {
        Status = status;
        HiddenBy = hiddenBy;
    }

    /// <summary>Visible, hidden or not known.</summary>
    public MountVisibilityStatus Status { get; }

    /// <summary>The mount in which a path walk to the mount point ends instead; <see langword="null"/> if it is not hidden, or if the
    /// table does not show that mount (see <see cref="MountTable.Root"/>).</summary>
    /// <remarks>Of several mounts stacked on one directory it is the topmost. It may be mounted on a directory above the mount
    /// point, and it is the root mount for what is mounted over <c>/</c> itself, where no walk enters it.</remarks>
    public MountEntry? HiddenBy { get; }

    /// <summary>Whether the mount can be seen.</summary>
    public bool IsVisible => Status == MountVisibilityStatus.Visible;

    /// <summary>Whether another mount is seen in its place.</summary>
    public bool IsHidden => Status == MountVisibilityStatus.Hidden;
}
