using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>No engine runs: what it holds in memory it would go on to use.</summary>
internal sealed record EngineStoppedPredicate : RepairPredicate
{
    internal override string Describe() => "no engine runs";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) => new(state.IsEngineRunning() ? "an engine runs" : null);

    internal override ScriptPart ToScript() => ScriptPart.Command("stopped");
}
