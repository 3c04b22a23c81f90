namespace Overlay2.Storage.Kernel;

/// <summary>A kernel profile file that cannot be read; the message says where and why.</summary>
public sealed class KernelProfileFormatException : FormatException
{
    /// <summary>A profile that cannot be read.</summary>
    public KernelProfileFormatException()
    {
    }

    /// <summary>A profile that cannot be read.</summary>
    /// <param name="message">Where and why.</param>
    public KernelProfileFormatException(string message)
        : base(message)
    {
    }

    /// <summary>A profile that cannot be read.</summary>
    /// <param name="message">Where and why.</param>
    /// <param name="innerException">What the JSON reader said.</param>
    public KernelProfileFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
