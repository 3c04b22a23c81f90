using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Snapshots;

internal sealed partial class Redactor
{
    private const string LeftOut = "left out by the redaction";

    private DockerClassicStore Store(DockerClassicStore store) => new()
    {
        DataRoot = Path(store.DataRoot),
        Home = store.Home,
        Quarantine = Quarantine(store.Quarantine),
        Layers = [.. store.Layers.Select(Layer).OrderBy(layer => layer.Id)],
        OtherEntries = Names(store.OtherEntries),
        ShortLinkDirectory = store.ShortLinkDirectory,
        ShortLinks = [.. store.ShortLinks.Select(link => link with { Name = Name(link.Name), Target = Path(link.Target) }).OrderBy(link => link.Name)],
        ImageLayers = [.. store.ImageLayers.Select(ImageLayer).OrderBy(layer => layer.ChainId)],
        ContainerLayers = [.. store.ContainerLayers.Select(ContainerLayer).OrderBy(layer => layer.ContainerId)],
        Containers = [.. store.Containers.Select(Container).OrderBy(container => container.Id)],
        Images = [.. store.Images.Select(Image).OrderBy(image => image.Id)],
        BuildCache = [.. store.BuildCache.Select(record => new DockerBuildCacheRecord(Text(record.Key), Text(record.Parent), Text(record.Committed), Text(record.ChainId))).OrderBy(record => record.Key)],
        RepositoryNames = [.. store.RepositoryNames.Select(name => new DockerRepositoryName(Text(name.Name), Text(name.ImageId))).OrderBy(name => name.Name)],
        KnowsRecordReferences = store.KnowsRecordReferences,
        ReadProblems = [.. store.ReadProblems.Select(Problem)],
    };

    private ContainersStorageStore Store(ContainersStorageStore store) => new()
    {
        DataRoot = Path(store.DataRoot),
        Home = store.Home,
        Quarantine = Quarantine(store.Quarantine),
        Layers = [.. store.Layers.Select(Layer).OrderBy(layer => layer.Id)],
        OtherEntries = Names(store.OtherEntries),
        ShortLinkDirectory = store.ShortLinkDirectory,
        ShortLinks = [.. store.ShortLinks.Select(link => link with { Name = Name(link.Name), Target = Path(link.Target) }).OrderBy(link => link.Name)],
        ImageStores = [.. store.ImageStores.Select(Path)],
        LayerRecords = [.. store.LayerRecords.Select(record => record with { Id = Name(record.Id), Parent = Name(record.Parent) }).OrderBy(record => record.Id)],
        Containers = [.. store.Containers.Select(container => container with
        {
            Id = Name(container.Id),
            Name = Text(container.Name),
            LayerId = Name(container.LayerId),
            ImageId = Name(container.ImageId),
        }).OrderBy(container => container.Id)],
        Images = [.. store.Images.Select(image => image with { Id = Name(image.Id), Names = [.. image.Names.Select(Text)], TopLayer = Name(image.TopLayer), MappedLayers = [.. image.MappedLayers.Select(Name)] }).OrderBy(image => image.Id)],
        KnowsRecordReferences = store.KnowsRecordReferences,
        ReadProblems = [.. store.ReadProblems.Select(Problem)],
    };

    private OverlayDriverLayer Layer(OverlayDriverLayer layer) => layer with
    {
        Id = Name(layer.Id),
        Directory = Path(layer.Directory),
        Link = File(layer.Link),
        Lower = File(layer.Lower),
        OtherEntries = Names(layer.OtherEntries),
    };

    private StoreQuarantine Quarantine(StoreQuarantine quarantine) => quarantine with
    {
        Entries = [.. quarantine.Entries.Select(entry => entry with { Name = Name(entry.Name) }).OrderBy(entry => entry.Name)],
    };

    private DockerImageLayer ImageLayer(DockerImageLayer layer) => layer with
    {
        ChainId = Name(layer.ChainId),
        Directory = Path(layer.Directory),
        CacheId = File(layer.CacheId),
        DiffId = File(layer.DiffId),
        Parent = File(layer.Parent),
        Size = File(layer.Size),
    };

    private DockerContainerLayer ContainerLayer(DockerContainerLayer layer) => layer with
    {
        ContainerId = Name(layer.ContainerId),
        Directory = Path(layer.Directory),
        MountId = File(layer.MountId),
        InitId = File(layer.InitId),
        Parent = File(layer.Parent),
    };

    private DockerContainer Container(DockerContainer container) => container with
    {
        Id = Name(container.Id),
        Name = Text(container.Name),
        ImageId = Text(container.ImageId),
        ImageReference = Text(container.ImageReference),
        Driver = Text(container.Driver),
        Problem = container.Problem is { } problem ? Problem(problem) : null,
    };

    private DockerImage Image(DockerImage image) => image with
    {
        Id = Name(image.Id),
        References = [.. image.References.Select(Text).Order(StringComparer.Ordinal)],
        ChainIds = [.. image.ChainIds.Select(Name)],
    };

    private StoreFile File(StoreFile file) => file with
    {
        Content = Text(file.Content),
        Problem = file.Problem is { } problem ? Problem(problem) : null,
    };

    private StoreProblem Problem(StoreProblem problem) => problem with { Path = Path(problem.Path), Detail = IsErrorName(problem.Detail) ? problem.Detail : LeftOut };

    private List<ByteString> Names(IEnumerable<ByteString> names) => [.. names.Select(Name).Order()];

    /// <summary>What the kernel said: <c>ENOENT</c>.</summary>
    private static bool IsErrorName(string detail) => detail is ['E', ..] && detail.All(character => char.IsAsciiLetterUpper(character) || char.IsAsciiDigit(character));
}
