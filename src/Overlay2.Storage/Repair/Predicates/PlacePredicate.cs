using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>A place for mounts is there; see <see cref="MakePlaceAction"/>.</summary>
/// <param name="Place">The directory.</param>
internal sealed record PlacePredicate(BytePath Place) : RepairPredicate
{
    internal override string Describe() => $"{Place} is a private mount";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(state.Mounts().GetByMountPoint(Place).Any(candidate => candidate.Propagation.IsPrivate) ? null : $"{Place} is no private mount");

    internal override ScriptPart ToScript() => ScriptPart.Command($"place {ShellScript.Escaped(Place)}");
}
