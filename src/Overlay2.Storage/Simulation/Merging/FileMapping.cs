using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>A shared read mapping of a file: it stays on the real object that was open.</summary>
internal sealed record FileMapping(OverlayDentry Dentry, BackingInode Real, long Length);
