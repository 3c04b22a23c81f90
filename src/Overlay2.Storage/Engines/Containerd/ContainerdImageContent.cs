using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>An image of which a blob is gone.</summary>
/// <param name="Image">The image.</param>
/// <param name="Missing">The digest of one blob that it needs and that is not there.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record ContainerdImageContent(ContainerdImage Image, ByteString Missing);
