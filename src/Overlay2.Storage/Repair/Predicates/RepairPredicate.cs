using System.Text.Json.Serialization;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Something that must hold before or after a step: one of a closed set, each of them data.</summary>
/// <remarks>
/// Immutable and thread-safe. A predicate is a file and a line here, which gives the name that it has in plans; nothing else tells predicates apart.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(MountPresentPredicate), "mountPresent")]
[JsonDerivedType(typeof(MountAbsentPredicate), "mountAbsent")]
[JsonDerivedType(typeof(MountReachedPredicate), "mountReached")]
[JsonDerivedType(typeof(NoChildrenPredicate), "noChildren")]
[JsonDerivedType(typeof(MountPrivatePredicate), "mountPrivate")]
[JsonDerivedType(typeof(PlacePredicate), "place")]
[JsonDerivedType(typeof(NoPlacePredicate), "noPlace")]
[JsonDerivedType(typeof(ContainerPredicate), "container")]
[JsonDerivedType(typeof(EnginePredicate), "engine")]
[JsonDerivedType(typeof(EngineStoppedPredicate), "engineStopped")]
[JsonDerivedType(typeof(ConfigurationPredicate), "configuration")]
[JsonDerivedType(typeof(ModuleParameterPredicate), "moduleParameter")]
[JsonDerivedType(typeof(EntryPredicate), "entry")]
[JsonDerivedType(typeof(IdentityPredicate), "identity")]
[JsonDerivedType(typeof(AttributePredicate), "attribute")]
[JsonDerivedType(typeof(LayerUnusedPredicate), "layerUnused")]
[JsonDerivedType(typeof(NoMountBelowPredicate), "noMountBelow")]
internal abstract record RepairPredicate
{
    private protected RepairPredicate()
    {
    }

    /// <summary>What it says, in words.</summary>
    internal abstract string Describe();

    /// <summary>Looks whether it holds.</summary>
    /// <returns>Why it does not, in words; <see langword="null"/> if it does.</returns>
    /// <exception cref="IOException">The machine cannot be read.</exception>
    internal abstract ValueTask<string?> TestAsync(MachineState state, CancellationToken cancellationToken);

    /// <summary>The test as a command of a script, or why a script cannot test it: then a script does nothing that depends on it.</summary>
    internal abstract ScriptPart ToScript();

    /// <summary>Whether what it says of being seen holds on a copy of the machine. A plan asks no more than its rehearsal has shown: what an unmount uncovers depends on what else is there.</summary>
    internal virtual bool IsInSight(MemoryHost copy) => true;
}
