namespace Overlay2.Storage.Repair;

/// <summary>Does one action, through the seams to the machine.</summary>
internal sealed class ActionRunner(IHostOperations host, IEngineControl? engine)
{
    public async Task<HostResult> RunAsync(RepairAction action, CancellationToken cancellationToken) => action switch
    {
        ContainerAction container when engine is not null => container.Start
            ? await engine.StartContainerAsync(container.ContainerId, cancellationToken).ConfigureAwait(false)
            : await engine.StopContainerAsync(container.ContainerId, cancellationToken).ConfigureAwait(false),
        RestartEngineAction when engine is not null => await engine.RestartAsync(cancellationToken).ConfigureAwait(false),
        ContainerAction or RestartEngineAction => new HostResult("no control of the engine is given"),
        _ => Run(host, action),
    };

    /// <summary>Clears away what an action that a crash ended left half done.</summary>
    public HostResult Tidy(RepairAction action) => action is ReplaceEntryAction replace ? host.ClearLeftOver(replace.Place) : HostResult.Done;

    /// <summary>Does an action that needs no engine.</summary>
    public static HostResult Run(IHostOperations host, RepairAction action) => action switch
    {
        UnmountAction unmount => host.Unmount(unmount.NamespaceId, unmount.Mount),
        BindAction bind => host.Bind(bind),
        MountFileSystemAction mount => host.MountFileSystem(mount),
        MoveMountAction move => host.Move(move),
        MakePrivateAction make => host.MakePrivate(make.Mount),
        JoinPeersAction join => host.JoinPeers(join.Mount),
        MakePlaceAction place => host.MakePlace(place.Place),
        RemovePlaceAction place => host.RemovePlace(place.Place),
        ReplaceConfigurationAction replace => host.ReplaceConfiguration(replace.Path, replace.Original, replace.Content),
        SetModuleParameterAction set => host.SetModuleParameter(set.Parameter, set.From, set.To),
        ReplaceEntryAction replace => host.ReplaceEntry(replace.Place, replace.From, replace.To, replace.Like),
        PurgeAction purge => host.PurgeEntry(purge.Place, purge.Identity),
        SetAttributeAction set => host.SetAttribute(set.Place, set.Attribute, set.IsSet),
        MoveEntryAction move => host.MoveEntry(move.From, move.To, move.Identity, move.Synchronize),
        _ => throw new InvalidOperationException($"There is no such action: {action}."),
    };
}
