using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>The engine answers.</summary>
internal sealed record EnginePredicate : RepairPredicate
{
    internal override string Describe() => "the engine answers";

    internal override async ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        state.Engine is not { } engine ? MachineState.NoEngine
            : await engine.AnswersAsync(cancellationToken).ConfigureAwait(false) ? null
            : "the engine does not answer";

    internal override ScriptPart ToScript() => ScriptPart.None("whether the engine answers only its client can say, and a script has none");
}
