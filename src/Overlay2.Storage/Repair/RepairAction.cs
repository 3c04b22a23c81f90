using System.Text.Json.Serialization;

namespace Overlay2.Storage.Repair;

/// <summary>What a step does to the machine: one of a closed set of small actions, each of them data.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(UnmountAction), "unmount")]
[JsonDerivedType(typeof(BindAction), "bind")]
[JsonDerivedType(typeof(MountFileSystemAction), "mount")]
[JsonDerivedType(typeof(MoveMountAction), "move")]
[JsonDerivedType(typeof(MakePrivateAction), "makePrivate")]
[JsonDerivedType(typeof(JoinPeersAction), "joinPeers")]
[JsonDerivedType(typeof(MakePlaceAction), "makePlace")]
[JsonDerivedType(typeof(RemovePlaceAction), "removePlace")]
[JsonDerivedType(typeof(ContainerAction), "container")]
[JsonDerivedType(typeof(ReplaceEntryAction), "replaceEntry")]
[JsonDerivedType(typeof(MoveEntryAction), "moveEntry")]
[JsonDerivedType(typeof(SetAttributeAction), "setAttribute")]
[JsonDerivedType(typeof(PurgeAction), "purge")]
[JsonDerivedType(typeof(RestartEngineAction), "restartEngine")]
[JsonDerivedType(typeof(ReplaceConfigurationAction), "replaceConfiguration")]
[JsonDerivedType(typeof(SetModuleParameterAction), "setModuleParameter")]
public abstract record RepairAction
{
    private protected RepairAction()
    {
    }
}
