namespace Overlay2.Storage.Tests.Cli;

/// <summary>What a run of the tool ended with.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error);
