using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Actions;

/// <summary>Starts the engine again, through its control.</summary>
internal sealed record RestartEngineAction : EngineAction
{
    // An engine ends before it starts.
    internal override bool MayBeHalfDone => true;

    // An engine that answers may be the one before its start, and starting it once more does no harm.
    internal override bool IsSeenWhenDone => false;

    internal override ScriptPart ToScript() => ScriptPart.None("a script has no control of the engine", "$RESTART_ENGINE");

    internal override async ValueTask<bool> IsUndoneAsync(MachineState state, string noted) =>
        state.Engine is { } engine && await engine.AnswersAsync(CancellationToken.None).ConfigureAwait(false);

    private protected override Task<HostResult> RunAsync(IEngineControl engine, CancellationToken cancellationToken) => engine.RestartAsync(cancellationToken);
}
