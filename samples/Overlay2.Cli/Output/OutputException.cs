namespace Overlay2.Cli.Output;

/// <summary>The standard output takes nothing more: becomes one line on stderr and exit code 74. No <see cref="IOException"/>, so that nothing takes it for a fault of its own files.</summary>
internal sealed class OutputException(string reason) : Exception($"the output cannot be written: {reason}");
