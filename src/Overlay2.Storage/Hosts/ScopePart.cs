using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

/// <summary>A part of a snapshot, and whether it is known.</summary>
/// <param name="Name">The part's name, as <see cref="StorageSnapshot"/> has it.</param>
/// <param name="Status">Whether it is known.</param>
/// <param name="Reason">Why not, in words for a person; empty where it is.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ScopePart(string Name, SnapshotPartStatus Status, string Reason);
