namespace Overlay2.Storage.Simulation;

/// <summary>A layer cannot be as it is described.</summary>
public sealed class LayerException : Exception
{
    /// <summary>With a default message.</summary>
    public LayerException()
        : base("A layer cannot be as it is described.")
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">Which object, and why.</param>
    public LayerException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">Which object, and why.</param>
    /// <param name="innerException">The error behind it.</param>
    public LayerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
