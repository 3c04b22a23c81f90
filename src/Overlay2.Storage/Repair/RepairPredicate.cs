using System.Text.Json.Serialization;

namespace Overlay2.Storage.Repair;

/// <summary>Something that must hold before or after a step: one of a closed set, each of them data.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
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
[JsonDerivedType(typeof(ConfigurationPredicate), "configuration")]
[JsonDerivedType(typeof(ModuleParameterPredicate), "moduleParameter")]
[JsonDerivedType(typeof(EntryPredicate), "entry")]
[JsonDerivedType(typeof(IdentityPredicate), "identity")]
[JsonDerivedType(typeof(AttributePredicate), "attribute")]
[JsonDerivedType(typeof(LayerUnusedPredicate), "layerUnused")]
[JsonDerivedType(typeof(NoMountBelowPredicate), "noMountBelow")]
public abstract record RepairPredicate
{
    private protected RepairPredicate()
    {
    }
}
