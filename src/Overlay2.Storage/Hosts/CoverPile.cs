using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>Mounts at one place that hide mounts below it, and what they hide.</summary>
/// <param name="Covers">The covering mounts, the topmost first: the order in which they have to go.</param>
/// <param name="Hidden">The mounts that are hidden.</param>
/// <param name="IsForeign">Whether one of them shows something else than the directory it is on.</param>
/// <param name="IsSure">Whether the table shows what the lowest of them is on.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record CoverPile(ImmutableArray<MountEntry> Covers, ImmutableArray<MountEntry> Hidden, bool IsForeign, bool IsSure)
{
    /// <summary>The place.</summary>
    public BytePath MountPoint => Covers[0].MountPoint;

    /// <summary>Files below it that the engine has had open since before it was mounted, where these alone tell of it; otherwise none.</summary>
    public ImmutableArray<SnapshotOpenFile> OpenFiles { get; init; } = [];

    /// <summary>The key of the finding that reports it.</summary>
    public string CauseKey => $"cover:{MountPoint}";
}
