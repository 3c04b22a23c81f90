using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A snapshot as containerd's clients know it: a name in a namespace (<c>meta.db</c>, <c>v1/NAMESPACE/snapshots/SNAPSHOTTER/NAME</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on databases that containerd 1.6 wrote.</remarks>
/// <param name="Namespace">The namespace: <c>default</c>, <c>k8s.io</c>, <c>moby</c> for Docker.</param>
/// <param name="Snapshotter">The snapshotter that holds it.</param>
/// <param name="Name">What its clients call it; for a layer of an image the chain id, for a container's layer often the container's id.</param>
/// <param name="Key">The snapshotter's key for it; see <see cref="ContainerdSnapshot.Key"/>.</param>
/// <param name="Parent">The name of the snapshot below; empty where there is none.</param>
public sealed record ContainerdSnapshotName(ByteString Namespace, ByteString Snapshotter, ByteString Name, ByteString Key, ByteString Parent);
