namespace Overlay2.Storage.Detection;

/// <summary>What a probed ability belongs to.</summary>
public enum ProbeScope
{
    /// <summary>Overlayfs of the running kernel. Some show only where the file system of the scratch directory can do its part.</summary>
    Overlay,

    /// <summary>The file system of the scratch directory.</summary>
    FileSystem,

    /// <summary>The rest of the kernel, as far as this process may use it.</summary>
    System,
}
