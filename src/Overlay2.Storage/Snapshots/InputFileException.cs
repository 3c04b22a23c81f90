using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A file that a caller names was not read.</summary>
public sealed class InputFileException : IOException
{
    /// <summary>Makes the error of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What the kernel or a check said.</param>
    public InputFileException(BytePath path, string reason)
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
