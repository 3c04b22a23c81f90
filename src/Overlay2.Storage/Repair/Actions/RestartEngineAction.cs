namespace Overlay2.Storage.Repair;

/// <summary>Starts the engine again, through its control.</summary>
public sealed record RestartEngineAction : RepairAction
{
    internal override bool NeedsEngine => true;

    // An engine ends before it starts.
    internal override bool MayBeHalfDone => true;

    // An engine that answers may be the one before its start, and starting it once more does no harm.
    internal override bool IsSeenWhenDone => false;

    internal override HostResult Run(RepairHost host) => HostResult.Done;

    internal override async Task<HostResult> RunAsync(RepairHost host, IEngineControl? engine, CancellationToken cancellationToken) =>
        engine is null ? new HostResult(MachineState.NoEngine) : await engine.RestartAsync(cancellationToken).ConfigureAwait(false);

    internal override bool IsAllowedIn(RepairPlan plan) => plan.Policy.AllowEngineControl;

    internal override ScriptPart ToScript() => ScriptPart.None("a script has no control of the engine", "$RESTART_ENGINE");

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) =>
        state.Engine is { } engine && await engine.AnswersAsync(CancellationToken.None).ConfigureAwait(false);
}
