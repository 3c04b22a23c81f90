using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A blob in containerd's database (<c>meta.db</c>, <c>v1/NAMESPACE/content/blob/DIGEST</c>), with what its labels keep from the garbage collector.</summary>
/// <remarks>
/// Immutable and thread-safe. By these labels an index leads to the manifests that were fetched, a manifest to its configuration and its layers, and a configuration to the topmost
/// snapshot of the image: no blob has to be opened. Source: containerd's documentation of garbage collection (<c>containerd.io/gc.ref.content.*</c>,
/// <c>containerd.io/gc.ref.snapshot.SNAPSHOTTER</c>).
/// </remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Digest">Its digest, for example <c>sha256:6de8…</c>.</param>
public sealed record ContainerdContentRecord(ByteString Namespace, ByteString Digest)
{
    /// <summary>The digests of the blobs that it refers to; those of platforms that nobody fetched have no record.</summary>
    public IReadOnlyList<ByteString> Contents { get; init; } = [];

    /// <summary>The names of the overlayfs snapshots that it refers to.</summary>
    public IReadOnlyList<ByteString> SnapshotNames { get; init; } = [];

    /// <summary>Whether its label <c>containerd.io/gc.root</c> keeps it, and with it what its labels name.</summary>
    public bool IsRoot { get; init; }
}
