namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>A line of a mount matrix that cannot be read; the message says why.</summary>
public sealed class MountMatrixFormatException : FormatException
{
    /// <summary>A line that cannot be read.</summary>
    public MountMatrixFormatException()
    {
    }

    /// <summary>A line that cannot be read.</summary>
    /// <param name="message">Why.</param>
    public MountMatrixFormatException(string message)
        : base(message)
    {
    }

    /// <summary>A line that cannot be read.</summary>
    /// <param name="message">Why.</param>
    /// <param name="innerException">What the JSON reader said.</param>
    public MountMatrixFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
