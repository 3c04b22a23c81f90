namespace Overlay2.Storage.Detection;

/// <summary>A probe can not be made; the message says why.</summary>
public sealed class KernelProbeException : IOException
{
    /// <summary>A probe that can not be made.</summary>
    public KernelProbeException()
    {
    }

    /// <summary>A probe that can not be made.</summary>
    /// <param name="message">Why.</param>
    public KernelProbeException(string message)
        : base(message)
    {
    }

    /// <summary>A probe that can not be made.</summary>
    /// <param name="message">Why.</param>
    /// <param name="innerException">What caused it.</param>
    public KernelProbeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
