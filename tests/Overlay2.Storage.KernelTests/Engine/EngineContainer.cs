using System.Globalization;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>A running container of a <see cref="LiveEngine"/>.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Id">The container's id.</param>
/// <param name="ProcessId">Its first process, as a number of this process's namespace.</param>
/// <param name="Merged">Its root file system, in the engine's mount namespace.</param>
internal sealed record EngineContainer(LiveEngine Engine, string Id, int ProcessId, string Merged)
{
    /// <summary>The container's root directory as this process can reach it: the same mount that the container sees.</summary>
    public string Root => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/root");

    /// <summary>The upper layer, reached from this process.</summary>
    public string Upper => Engine.Root + Merged[..Merged.LastIndexOf('/')] + "/diff";

    /// <summary>Runs a command of busybox's shell in the container.</summary>
    public ToolRun Shell(string command) => Engine.TryDocker("exec", Id, "/bin/sh", "-c", command);
}
