using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>The engine says that a container runs, or that it does not.</summary>
/// <param name="ContainerId">The id, in full.</param>
/// <param name="Runs">Whether it runs.</param>
internal sealed record ContainerPredicate(ByteString ContainerId, bool Runs) : RepairPredicate
{
    internal override string Describe() => $"the container {ContainerId} {(Runs ? "runs" : "does not run")}";

    internal override async ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken)
    {
        if (state.Engine is not { } engine)
            return MachineState.NoEngine;
        bool? runs = await engine.IsRunningAsync(ContainerId, cancellationToken).ConfigureAwait(false);
        return runs == Runs ? null : $"the container {ContainerId} {(runs is null ? "is not known to the engine" : runs == true ? "runs" : "does not run")}";
    }

    internal override ScriptPart ToScript() => ScriptPart.None("only the engine knows which containers run, and a script has no control of it");
}
