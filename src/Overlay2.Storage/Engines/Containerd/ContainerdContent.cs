using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A blob that an image or lease names, and whether the content store has it: <c>ROOT/io.containerd.content.v1.content/blobs/ALGORITHM/HEX</c>.</summary>
/// <remarks>Immutable and thread-safe. No blob is opened. Source: statx(2); the layout as observed on containerd 1.6.</remarks>
/// <param name="Digest">Its digest, for example <c>sha256:6de8…</c>.</param>
/// <param name="State">Whether it is there.</param>
public sealed record ContainerdContent(ByteString Digest, ContainerdContentState State);
