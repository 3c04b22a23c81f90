using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A snapshot that a label keeps: <c>containerd.io/gc.root</c> of its own, or <c>containerd.io/gc.ref.snapshot.overlayfs</c> of an image, container, lease, sandbox or other snapshot.</summary>
/// <remarks>Immutable and thread-safe. Those that the labels of blobs name are in <see cref="ContainerdContentRecord.SnapshotNames"/>. Source: containerd's documentation of its garbage collection.</remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Name">Its name there.</param>
public sealed record ContainerdHeldSnapshot(ByteString Namespace, ByteString Name);
