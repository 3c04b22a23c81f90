namespace Overlay2.Storage.Snapshots;

/// <summary>A part of a snapshot in a file.</summary>
internal sealed class PartFile<T>
{
    public SnapshotPartStatus Status { get; init; }

    public string? Reason { get; init; }

    public T? Value { get; init; }
}
