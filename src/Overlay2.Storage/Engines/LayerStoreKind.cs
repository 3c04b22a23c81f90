namespace Overlay2.Storage.Engines;

/// <summary>Which software laid a store out.</summary>
public enum LayerStoreKind
{
    /// <summary>The Docker Engine's own overlay2 driver (<c>/var/lib/docker/overlay2</c>).</summary>
    DockerClassic,

    /// <summary>containers/storage: Podman, Buildah, CRI-O (<c>/var/lib/containers/storage/overlay</c>).</summary>
    ContainersStorage,

    /// <summary>containerd's overlayfs snapshotter (<c>/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs</c>).</summary>
    ContainerdSnapshots,
}
