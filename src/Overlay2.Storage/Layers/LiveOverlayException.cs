using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Layers;

/// <summary>A live overlay cannot be opened.</summary>
public sealed class LiveOverlayException : Exception
{
    /// <summary>With a default message.</summary>
    public LiveOverlayException()
        : this("The overlay cannot be opened.")
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What, and why.</param>
    public LiveOverlayException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">What, and why.</param>
    /// <param name="innerException">The error behind it.</param>
    public LiveOverlayException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal LiveOverlayException(LiveOverlayFailure failure, BytePath path, LinuxError error, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
        Path = path;
        Error = error;
    }

    /// <summary>The kind of failure.</summary>
    public LiveOverlayFailure Failure { get; }

    /// <summary>The path or layer it is about.</summary>
    public BytePath Path { get; }

    /// <summary>What the kernel said; OK where the failure is no error of a system call.</summary>
    public LinuxError Error { get; }
}
