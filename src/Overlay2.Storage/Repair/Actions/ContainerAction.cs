using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Stops or starts a container, through the engine.</summary>
/// <param name="ContainerId">The id, in full.</param>
/// <param name="Start">Starts it; otherwise stops it.</param>
public sealed record ContainerAction(ByteString ContainerId, bool Start) : RepairAction
{
    internal override bool NeedsEngine => true;

    internal override HostResult Run(RepairHost host) => HostResult.Done;

    internal override async Task<HostResult> RunAsync(RepairHost host, IEngineControl? engine, CancellationToken cancellationToken) =>
        engine is null ? new HostResult(MachineState.NoEngine)
            : Start ? await engine.StartContainerAsync(ContainerId, cancellationToken).ConfigureAwait(false)
            : await engine.StopContainerAsync(ContainerId, cancellationToken).ConfigureAwait(false);

    internal override bool IsAllowedIn(RepairPlan plan) => plan.Policy.AllowEngineControl;

    internal override ScriptPart ToScript() => ScriptPart.None("a script has no control of the engine", $"$ENGINE {(Start ? "start" : "stop")} {ShellScript.Quote(ContainerId)}");

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) =>
        state.Engine is { } engine && await engine.IsRunningAsync(ContainerId, CancellationToken.None).ConfigureAwait(false) == !Start;
}
