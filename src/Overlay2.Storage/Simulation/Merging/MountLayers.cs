using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>The directories of a mount.</summary>
/// <param name="Upper">The upper directory, or none.</param>
/// <param name="Work">The work directory, with an upper.</param>
/// <param name="Lowers">The merged lowers, topmost first.</param>
/// <param name="Data">The data-only lowers.</param>
internal sealed record MountLayers(BackingInode? Upper, BackingInode? Work, IReadOnlyList<BackingInode> Lowers, IReadOnlyList<BackingInode> Data)
{
    /// <summary>Whether a kernel has mounted them already, so that upper and work need no preparation.</summary>
    public bool AreMounted { get; init; }
}
