using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A sandbox in containerd's database (<c>meta.db</c>, <c>v1/NAMESPACE/sandboxes/ID</c>): what containers of a pod run in, from containerd 1.7 on.</summary>
/// <remarks>Immutable and thread-safe. Its task need not be that of a container. Source: containerd's documentation of its database.</remarks>
/// <param name="Namespace">The namespace it is in.</param>
/// <param name="Id">Its id, unique in the namespace.</param>
public sealed record ContainerdSandbox(ByteString Namespace, ByteString Id);
