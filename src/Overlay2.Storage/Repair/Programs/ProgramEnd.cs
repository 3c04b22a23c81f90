namespace Overlay2.Storage.Repair.Programs;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">What it ended with; 128 and a signal's number where that ended it; -1 where it did not run, or its end is not known.</param>
/// <param name="Output">What it wrote, as far as it is kept.</param>
/// <param name="Errors">What it wrote to its standard error, as far as it is kept; or why it did not run, or was ended.</param>
internal sealed record ProgramEnd(int ExitCode, string Output, string Errors);
