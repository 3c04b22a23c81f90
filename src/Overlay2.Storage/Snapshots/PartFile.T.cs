using System.Text.Json.Serialization;

namespace Overlay2.Storage.Snapshots;

/// <summary>A part of a snapshot in a file.</summary>
internal sealed class PartFile<T>
{
    public SnapshotPartStatus Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>Left out where it is the default of its type: a list that is not there cannot be written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public T? Value { get; init; }
}
