using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A file that a caller names was not written; what was there is there unchanged.</summary>
public sealed class OutputFileException : IOException
{
    /// <summary>Makes the error of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What the kernel or a check said.</param>
    public OutputFileException(BytePath path, string reason)
        : base($"{path}: {reason}")
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file.</summary>
    public BytePath Path { get; }

    /// <summary>What the kernel or a check said.</summary>
    public string Reason { get; }
}
