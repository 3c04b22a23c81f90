using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Nothing is mounted at or below a directory, and nothing of it is mounted elsewhere, in no mount namespace that can be read and under no path.</summary>
/// <param name="Directory">The directory, as the engine's mount table names it.</param>
internal sealed record NoMountBelowPredicate(BytePath Directory) : RepairPredicate
{
    internal override string Describe() => $"nothing is mounted at {Directory} or below it, and nothing of it elsewhere";

    internal override ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken) =>
        new(MountsBelow.Find(Directory, state.Mounts(), state.OtherMounts) is { } mounted ? $"{Directory} is in use: {mounted}" : null);

    // What another namespace has mounted on it under another path is not seen; rm(1) stays on one file system.
    internal override ScriptPart ToScript() => ScriptPart.Command($"unused {ShellScript.Ending(Directory)}");
}
