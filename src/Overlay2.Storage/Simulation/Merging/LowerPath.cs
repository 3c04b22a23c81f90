using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>An object in a lower layer.</summary>
internal readonly record struct LowerPath(BackingInode? Inode, OverlayLayer Layer);
