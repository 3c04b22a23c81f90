namespace Overlay2.Cli;

/// <summary>A command line that makes no sense: becomes one line on stderr and exit code 64.</summary>
internal sealed class UsageException(string message) : Exception(message);
