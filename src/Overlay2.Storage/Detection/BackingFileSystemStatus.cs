namespace Overlay2.Storage.Detection;

/// <summary>What is said of a file system as the place of a layer.</summary>
public enum BackingFileSystemStatus
{
    /// <summary>Nothing is known of it, or not enough: try it (<see cref="KernelProber"/>).</summary>
    Unknown,

    /// <summary>It can not be used so.</summary>
    Unsupported,

    /// <summary>It works with what <see cref="BackingFileSystemAdvice.Reasons"/> say.</summary>
    Limited,

    /// <summary>It works.</summary>
    Supported,

    /// <summary>It is what engines are tested on.</summary>
    Recommended,
}
