using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Nothing is mounted at or below a place for mounts.</summary>
/// <param name="Place">The directory.</param>
internal sealed record NoPlacePredicate(BytePath Place) : RepairPredicate
{
    internal override string Describe() => $"nothing is mounted at {Place} or below it";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(state.Mounts().Entries.Any(candidate => candidate.MountPoint.StartsWith(Place)) ? $"something is mounted at {Place}" : null);

    internal override ScriptPart ToScript() => ScriptPart.Command($"bare {ShellScript.Escaped(Place)}");
}
