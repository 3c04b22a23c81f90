using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>An image in containerd's database (<c>meta.db</c>, <c>v1/NAMESPACE/images/NAME</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on databases that containerd 1.6 wrote.</remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Name">Its name, for example <c>docker.io/library/app:1</c>.</param>
/// <param name="Digest">The digest of its manifest or index.</param>
public sealed record ContainerdImage(ByteString Namespace, ByteString Name, ByteString Digest);
