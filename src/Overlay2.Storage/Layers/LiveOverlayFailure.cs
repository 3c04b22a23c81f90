namespace Overlay2.Storage.Layers;

/// <summary>Why a live overlay cannot be opened.</summary>
public enum LiveOverlayFailure
{
    /// <summary>The path, or the directory above it, cannot be reached.</summary>
    Path,

    /// <summary>The mounts of the process cannot be read.</summary>
    MountTable,

    /// <summary>The path is not on an overlay.</summary>
    NotOverlay,

    /// <summary>A layer cannot be read at the path that the mount names.</summary>
    Layer,

    /// <summary>The directories at the paths that the mount names are not its layers: they are named in another mount namespace, or something covers them.</summary>
    OtherLayers,

    /// <summary>The options of the mount make no sense to this library.</summary>
    Options,
}
