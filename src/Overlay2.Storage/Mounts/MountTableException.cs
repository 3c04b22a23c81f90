using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Mounts;

/// <summary>A mount table could not be loaded.</summary>
public sealed class MountTableException : IOException
{
    internal MountTableException(MountTableFailure failure, BytePath path, string reason)
        : base($"{path}: {reason}.")
    {
        Failure = failure;
        Path = path;
    }

    /// <summary>Why.</summary>
    public MountTableFailure Failure { get; }

    /// <summary>The file that was to be read.</summary>
    public BytePath Path { get; }
}
