namespace Overlay2.Storage.Engines;

/// <summary>A set of kinds of stores.</summary>
[Flags]
public enum LayerStoreKinds
{
    /// <summary>No kind.</summary>
    None = 0,

    /// <summary>See <see cref="LayerStoreKind.DockerClassic"/>.</summary>
    DockerClassic = 1 << LayerStoreKind.DockerClassic,

    /// <summary>See <see cref="LayerStoreKind.ContainersStorage"/>.</summary>
    ContainersStorage = 1 << LayerStoreKind.ContainersStorage,

    /// <summary>See <see cref="LayerStoreKind.ContainerdSnapshots"/>.</summary>
    ContainerdSnapshots = 1 << LayerStoreKind.ContainerdSnapshots,

    /// <summary>The kinds with the layout of the overlay2 driver: layers with <c>link</c> and <c>lower</c> files, and short links.</summary>
    OverlayDriver = DockerClassic | ContainersStorage,

    /// <summary>Every kind.</summary>
    All = OverlayDriver | ContainerdSnapshots,
}
