namespace Overlay2.Storage.Detection;

/// <summary>What became of reading one source.</summary>
public enum KernelSourceStatus
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>It is not there; that alone says nothing about the kernel.</summary>
    Absent,

    /// <summary>It is there, or may be, but could not be read.</summary>
    Unreadable,
}
