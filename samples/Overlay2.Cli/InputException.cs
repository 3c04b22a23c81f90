namespace Overlay2.Cli;

/// <summary>Input that cannot be used: becomes one line on stderr and exit code 65.</summary>
internal sealed class InputException : Exception
{
    public InputException(string message)
        : base(message)
    {
    }

    public InputException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
