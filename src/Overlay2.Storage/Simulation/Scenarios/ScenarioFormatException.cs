namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>A scenario does not follow its schema.</summary>
public sealed class ScenarioFormatException : FormatException
{
    /// <summary>With a default message.</summary>
    public ScenarioFormatException()
        : base("The scenario does not follow its schema.")
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What is wrong, and where.</param>
    public ScenarioFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="innerException">The error behind it.</param>
    public ScenarioFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
