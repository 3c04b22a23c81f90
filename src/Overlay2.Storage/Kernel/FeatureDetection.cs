namespace Overlay2.Storage.Kernel;

/// <summary>How a running kernel can be asked about a feature.</summary>
public enum FeatureDetection
{
    /// <summary>Only the version tells.</summary>
    Version,

    /// <summary>The file system type <c>overlay</c> is in /proc/filesystems.</summary>
    FileSystemList,

    /// <summary>A file of its name is in /sys/module/overlay/parameters.</summary>
    Parameter,

    /// <summary>Only a mount, or an operation in a mount, tells.</summary>
    Probe,
}
