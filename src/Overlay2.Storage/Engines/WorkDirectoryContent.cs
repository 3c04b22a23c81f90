namespace Overlay2.Storage.Engines;

/// <summary>What was found below the work directory of a layer.</summary>
/// <remarks>
/// Immutable and thread-safe. The kernel keeps temporary files in <c>work/work</c> and clears it at the next mount, except for content that
/// is nested too deep. Source: the kernel's overlayfs document; experiments on Linux 6.18.
/// </remarks>
public sealed record WorkDirectoryContent
{
    /// <summary>A work directory that holds nothing.</summary>
    public static WorkDirectoryContent Empty { get; } = new();

    /// <summary>How many entries there are below <c>work/work</c>, the volatile marker left out; counted up to <see cref="StoreReadOptions.MaxScannedEntries"/>.</summary>
    public int Leftovers { get; init; }

    /// <summary>How deep they are nested: 0 for none, 1 for entries of <c>work/work</c> itself.</summary>
    public int Depth { get; init; }

    /// <summary>Whether <c>work/work/incompat/volatile</c> is there: the layer was mounted volatile, and the kernel refuses to mount it again.</summary>
    public bool HasVolatileMarker { get; init; }

    /// <summary>When the marker was made: at the volatile mount. <see langword="null"/> where there is none or the source holds no times.</summary>
    public DateTimeOffset? VolatileMarkedAt { get; init; }
}
