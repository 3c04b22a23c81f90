using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A snapshot in the database of the overlayfs snapshotter (<c>metadata.db</c>, bucket <c>v1/snapshots/KEY</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on databases that containerd 1.6 wrote.</remarks>
public sealed record ContainerdSnapshot
{
    /// <summary>The snapshotter's key, which is unique among all namespaces: <c>NAMESPACE/NUMBER/NAME</c>.</summary>
    public required ByteString Key { get; init; }

    /// <summary>The number of its directory <c>snapshots/N</c>.</summary>
    public required ulong Id { get; init; }

    /// <summary>What it is for.</summary>
    public required ContainerdSnapshotKind Kind { get; init; }

    /// <summary>The key of the snapshot below; empty where there is none.</summary>
    public ByteString Parent { get; init; }

    /// <summary>How many inodes it has of its own; known of a committed one only.</summary>
    public long? Inodes { get; init; }

    /// <summary>How many bytes it has of its own on disk; known of a committed one only.</summary>
    public long? Size { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When its record was changed last.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The name of its directory: <see cref="Id"/> in decimal digits.</summary>
    [JsonIgnore]
    public ByteString LayerId => ContainerdNames.LayerId(Id);
}
