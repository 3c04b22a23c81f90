using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Stops or starts a container, through the engine.</summary>
/// <param name="ContainerId">The id, in full.</param>
/// <param name="Start">Starts it; otherwise stops it.</param>
internal sealed record ContainerAction(ByteString ContainerId, bool Start) : EngineAction
{
    internal override ScriptPart ToScript() => ScriptPart.None("a script has no control of the engine", $"$ENGINE {(Start ? "start" : "stop")} {ShellScript.Quote(ContainerId)}");

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) =>
        state.Engine is { } engine && await engine.IsRunningAsync(ContainerId, CancellationToken.None).ConfigureAwait(false) == !Start;

    private protected override Task<HostResult> RunAsync(IEngineControl engine, CancellationToken cancellationToken) =>
        Start ? engine.StartContainerAsync(ContainerId, cancellationToken) : engine.StopContainerAsync(ContainerId, cancellationToken);
}
