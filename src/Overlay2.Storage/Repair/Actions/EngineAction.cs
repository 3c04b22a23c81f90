using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>An action that only the engine does, through its control.</summary>
internal abstract record EngineAction : RepairAction
{
    private protected EngineAction()
    {
    }

    internal sealed override bool NeedsEngine => true;

    /// <summary>What the engine does only the engine knows: a copy of the machine stays as it is.</summary>
    internal sealed override HostResult Run(RepairHost host) => HostResult.Done;

    internal sealed override async Task<HostResult> RunAsync(RepairHost host, IEngineControl? engine, CancellationToken cancellationToken) =>
        engine is null ? new HostResult(MachineState.NoEngine) : await RunAsync(engine, cancellationToken).ConfigureAwait(false);

    internal sealed override bool IsAllowedIn(RepairPlan plan) => plan.Policy.AllowEngineControl;

    /// <summary>Has the engine do it.</summary>
    private protected abstract Task<HostResult> RunAsync(IEngineControl engine, CancellationToken cancellationToken);
}
