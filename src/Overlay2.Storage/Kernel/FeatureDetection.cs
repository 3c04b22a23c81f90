namespace Overlay2.Storage.Kernel;

/// <summary>The ways in which a running kernel can be asked about a feature.</summary>
[Flags]
public enum FeatureDetection
{
    /// <summary>Only the version tells.</summary>
    Version = 0,

    /// <summary>The file system type <c>overlay</c> is in /proc/filesystems.</summary>
    FileSystemList = 1,

    /// <summary>A file named as <see cref="OverlayFeature.Parameter"/> says is in /sys/module/overlay/parameters.</summary>
    Parameter = 2,

    /// <summary>Trying it tells: a mount, or an operation in one. A prober that is run as root does it.</summary>
    Probe = 4,
}
