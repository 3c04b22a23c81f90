using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A container in containerd's database (<c>meta.db</c>, <c>v1/NAMESPACE/containers/ID</c>).</summary>
/// <remarks>
/// Immutable and thread-safe. It is what a task can be started from: the record does not say whether one runs (see
/// <see cref="ContainerdTask"/>). Of its specification, which can hold secrets, nothing is kept. Source: observed on databases that
/// containerd 1.6 wrote.
/// </remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Id">Its id, unique in the namespace.</param>
public sealed record ContainerdContainer(ByteString Namespace, ByteString Id)
{
    /// <summary>The name of its image; empty where it has none.</summary>
    public ByteString Image { get; init; }

    /// <summary>The snapshotter of its root file system; empty where its client looks after that by itself, as Docker's classic driver does.</summary>
    public ByteString Snapshotter { get; init; }

    /// <summary>The name of its snapshot; see <see cref="ContainerdSnapshotName.Name"/>.</summary>
    public ByteString SnapshotName { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
