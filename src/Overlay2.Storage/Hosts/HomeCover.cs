using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>Why what can be seen at a driver home is not the store.</summary>
/// <param name="Kind">What is in its place.</param>
/// <param name="Place">Where that is mounted, or belongs.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record HomeCover(HomeCoverKind Kind, BytePath Place)
{
    /// <summary>The mount that shows none of the layers; <see langword="null"/> for the other kinds.</summary>
    public MountEntry? Mount { get; init; }

    /// <summary>What belongs there by the host's configuration, and is not mounted; <see langword="null"/> for the other kinds.</summary>
    public ConfiguredMount? Missing { get; init; }

    /// <summary>How many layers the records name that cannot be seen; of no meaning where mounts alone tell of the cover.</summary>
    public StoreLoss Loss { get; init; }
}
