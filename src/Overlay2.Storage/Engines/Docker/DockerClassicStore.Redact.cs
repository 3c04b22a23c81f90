using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines.Docker;

// What may be shown of a store: a member that is not listed here is not in a redacted one.
public sealed partial record DockerClassicStore
{
    private protected override OverlayDriverStore Redact(Redactor redactor) => new DockerClassicStore
    {
        DataRoot = redactor.Path(DataRoot),
        Home = Redactor.Home(Home),
        Quarantine = redactor.Quarantine(Quarantine),
        Layers = OverlayDriverRedaction.Layers(Layers, redactor),
        OtherEntries = redactor.Names(OtherEntries),
        ShortLinkDirectory = ShortLinkDirectory,
        ShortLinks = OverlayDriverRedaction.ShortLinks(ShortLinks, redactor),
        ImageLayers = [.. ImageLayers.Select(layer => Redact(layer, redactor)).OrderBy(layer => layer.ChainId)],
        ContainerLayers = [.. ContainerLayers.Select(layer => Redact(layer, redactor)).OrderBy(layer => layer.ContainerId)],
        Containers = [.. Containers.Select(container => Redact(container, redactor)).OrderBy(container => container.Id)],
        Images = [.. Images.Select(image => Redact(image, redactor)).OrderBy(image => image.Id)],
        BuildCache = [.. BuildCache.Select(record => Redact(record, redactor)).OrderBy(record => record.Key)],
        RepositoryNames = [.. RepositoryNames.Select(name => new DockerRepositoryName(redactor.Text(name.Name), redactor.Text(name.ImageId))).OrderBy(name => name.Name)],
        KnowsRecordReferences = KnowsRecordReferences,
        ReadProblems = [.. ReadProblems.Select(redactor.Problem)],
    };

    private static DockerImageLayer Redact(DockerImageLayer layer, Redactor redactor) => new()
    {
        ChainId = redactor.Name(layer.ChainId),
        Directory = redactor.Path(layer.Directory),
        CacheId = redactor.File(layer.CacheId),
        DiffId = redactor.File(layer.DiffId),
        Parent = redactor.File(layer.Parent),
        Size = redactor.File(layer.Size),
    };

    private static DockerContainerLayer Redact(DockerContainerLayer layer, Redactor redactor) => new()
    {
        ContainerId = redactor.Name(layer.ContainerId),
        Directory = redactor.Path(layer.Directory),
        MountId = redactor.File(layer.MountId),
        InitId = redactor.File(layer.InitId),
        Parent = redactor.File(layer.Parent),
    };

    private static DockerContainer Redact(DockerContainer container, Redactor redactor) => new()
    {
        Id = redactor.Name(container.Id),
        Name = redactor.Text(container.Name),
        ImageId = redactor.Text(container.ImageId),
        ImageReference = redactor.Text(container.ImageReference),
        Driver = redactor.Text(container.Driver),
        IsRunning = container.IsRunning,
        IsPaused = container.IsPaused,
        IsRestarting = container.IsRestarting,
        IsDead = container.IsDead,
        IsRemovalInProgress = container.IsRemovalInProgress,
        ProcessId = container.ProcessId,
        ExitCode = container.ExitCode,
        Health = redactor.Text(container.Health),
        RestartPolicy = redactor.Text(container.RestartPolicy),
        IsRemovedOnStop = container.IsRemovedOnStop,
        Problem = container.Problem is { } problem ? redactor.Problem(problem) : null,
    };

    private static DockerImage Redact(DockerImage image, Redactor redactor) => new()
    {
        Id = redactor.Name(image.Id),
        References = [.. image.References.Select(redactor.Text).Order(StringComparer.Ordinal)],
        ChainIds = [.. image.ChainIds.Select(redactor.Name)],
    };

    private static DockerBuildCacheRecord Redact(DockerBuildCacheRecord record, Redactor redactor) =>
        new(redactor.Text(record.Key), redactor.Text(record.Parent), redactor.Text(record.Committed), redactor.Text(record.ChainId));
}
