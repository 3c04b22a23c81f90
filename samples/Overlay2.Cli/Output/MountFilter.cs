using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Output;

/// <summary>Which mounts to show.</summary>
/// <param name="OnlyOverlays">Only overlay mounts.</param>
/// <param name="OnlyHidden">Only mounts that another mount hides.</param>
internal readonly record struct MountFilter(bool OnlyOverlays, bool OnlyHidden)
{
    public bool Shows(MountEntry mount, MountVisibility visibility) =>
        (!OnlyOverlays || mount.IsOverlay) && (!OnlyHidden || visibility.IsHidden);
}
