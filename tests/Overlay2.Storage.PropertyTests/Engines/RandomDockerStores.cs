using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed class RandomDockerStores : RandomStores
{
    private const string Docker = "/var/lib/docker";

    private readonly List<DockerImageLayer> _chains = [];
    private readonly List<DockerContainerLayer> _mounts = [];
    private readonly List<DockerContainer> _containers = [];
    private readonly List<DockerImage> _images = [];
    private readonly List<DockerBuildCacheRecord> _builds = [];
    private readonly List<DockerRepositoryName> _names = [];
    private bool _isOld;

    private RandomDockerStores(int seed)
        : base(new Random(seed), Docker, Docker + "/overlay2")
    {
        for (int i = Upto(5); i > 0; i--)
            AddChain();
        for (int i = _chains.Count == 0 ? 0 : Upto(3); i > 0; i--)
            AddImage();
        for (int i = Upto(3); i > 0; i--)
            AddContainer();
        for (int i = Upto(3); i > 0; i--)
            AddBuild();
    }

    /// <summary>A store that is sound, or has some damage.</summary>
    public static DockerClassicStore Make(int seed, int damages, bool isHostile)
    {
        var stores = new RandomDockerStores(seed);
        if (isHostile)
            stores.RememberHostileIds();
        for (int i = stores.Upto(damages); i > 0; i--)
            stores.Damage();
        return new DockerClassicStore
        {
            DataRoot = P(Docker),
            Home = Home,
            Layers = stores.Layers,
            ShortLinks = stores.Links,
            ImageLayers = stores._chains,
            ContainerLayers = stores._mounts,
            Containers = stores._containers,
            Images = stores._images,
            BuildCache = stores._builds,
            RepositoryNames = stores._isOld ? null : stores._names,
            KnowsRecordReferences = !stores._isOld,
            OtherEntries = stores.Others,
            ReadProblems = stores.Problems,
        };
    }

    public static DockerClassicStore MakeSound(int seed)
    {
        DockerClassicStore store = Make(seed, damages: 0, isHostile: false);
        int number = 0;
        DockerImage[] images = [.. store.ImageLayers.Select(layer => new DockerImage { Id = B($"sha256:{number++:x64}"), ChainIds = [layer.ChainId], References = [] })];
        return store with
        {
            ShortLinkDirectory = StoreEntryType.Directory,
            Layers = WithDirectories(store.Layers),
            ImageLayers = [.. store.ImageLayers.Select(layer => layer with { Size = F("0") })],
            Images = [.. store.Images, .. images],
        };
    }

    /// <summary>The chain of a layer, nearest first.</summary>
    private List<DockerImageLayer> ChainOf(DockerImageLayer? layer)
    {
        List<DockerImageLayer> chain = [];
        for (; layer is not null; layer = layer.Parent.HasContent ? _chains.First(other => other.ChainId == layer.Parent.Content) : null)
            chain.Add(layer);
        return chain;
    }

    private static IEnumerable<string> DirectoriesOf(IEnumerable<DockerImageLayer> chain) => chain.Select(layer => layer.CacheId.Content.ToString());

    private void AddChain()
    {
        DockerImageLayer? parent = _chains.Count == 0 || Seldom ? null : OneOf(_chains);
        string chain = NewChain();
        string directory = NewId();
        AddLayer(directory, DirectoriesOf(ChainOf(parent)));
        _chains.Add(new DockerImageLayer
        {
            ChainId = B(chain),
            Directory = P($"{Docker}/image/overlay2/layerdb/{chain.Replace(':', '/')}"),
            CacheId = F(directory),
            DiffId = F(parent is null ? chain : NewChain()),
            Parent = parent is null ? StoreFile.Missing : F(parent.ChainId.ToString()),
        });
    }

    private void AddImage()
    {
        string id = NewChain();
        string name = $"app:{_images.Count}";
        List<DockerImageLayer> chain = Seldom ? [] : ChainOf(OneOf(_chains));
        _images.Add(new DockerImage { Id = B(id), ChainIds = [.. chain.Select(layer => layer.ChainId).Reverse()], References = [name] });
        _names.Add(new DockerRepositoryName(B(name), B(id)));
    }

    private void AddContainer()
    {
        string id = NewId();
        string layer = NewId();
        DockerImageLayer? top = _chains.Count == 0 || Seldom ? null : OneOf(_chains);
        List<DockerImageLayer> chain = ChainOf(top);
        bool hasInit = top is not null || Seldom;
        if (hasInit)
            AddLayer(layer + "-init", DirectoriesOf(chain));
        AddLayer(layer, [.. hasInit ? [layer + "-init"] : Array.Empty<string>(), .. DirectoriesOf(chain)]);
        _mounts.Add(new DockerContainerLayer
        {
            ContainerId = B(id),
            Directory = P($"{Docker}/image/overlay2/layerdb/mounts/{id}"),
            MountId = F(layer),
            InitId = hasInit ? F(layer + "-init") : StoreFile.Missing,
            Parent = top is null ? StoreFile.Missing : F(top.ChainId.ToString()),
        });
        _containers.Add(new DockerContainer { Id = B(id), Driver = "overlay2", ImageId = _images.Count == 0 ? "" : OneOf(_images).Id.ToString() });
    }

    private void AddBuild()
    {
        ByteString parent = _builds.Count > 0 && Random.Next(2) == 0 ? OneOf(_builds).Key : _chains.Count > 0 && Random.Next(2) == 0 ? OneOf(_chains).ChainId : default;
        string key = NewBuildId();
        bool isImage = _chains.Count > 0 && Random.Next(2) == 0;
        if (isImage)
        {
            ByteString chain = OneOf(_chains).ChainId;
            _builds.Add(Seldom ? new DockerBuildCacheRecord(chain, default, default, default) : new DockerBuildCacheRecord(B(key), parent, default, chain));
            return;
        }

        bool isCommitted = Random.Next(2) == 0;
        string directory = isCommitted ? NewBuildId() : key;
        AddLayer(directory, parent.IsEmpty || Layers.Count == 0 ? [] : [OneOf(Layers).Id.ToString()]);
        if (isCommitted)
            _builds.Add(new DockerBuildCacheRecord(B(directory), default, default, default));
        _builds.Add(new DockerBuildCacheRecord(B(key), parent, isCommitted ? B(directory) : default, default));
    }

    private void Damage()
    {
        switch (Random.Next(14))
        {
            case 0:
                Change(_chains, chain => chain with { Parent = AnyFile(chain.Parent) });
                break;
            case 1:
                Change(_chains, chain => chain with { CacheId = AnyFile(chain.CacheId) });
                break;
            case 2:
                Change(_chains, chain => chain with { DiffId = AnyFile(chain.DiffId), Parent = Seldom ? StoreFile.Missing : chain.Parent });
                break;
            case 3:
                Change(_mounts, mount => mount with { MountId = AnyFile(mount.MountId), ContainerId = Seldom ? B(AnyId()) : mount.ContainerId });
                break;
            case 4:
                Change(_mounts, mount => mount with { InitId = AnyFile(mount.InitId) });
                break;
            case 5:
                Change(_mounts, mount => mount with { Parent = AnyFile(mount.Parent) });
                break;
            case 6:
                Change(_containers, container => container with { ImageId = AnyId(), Problem = Seldom ? AnyProblem($"{Docker}/containers/{container.Id}/{(Seldom ? "hostconfig.json" : "config.v2.json")}") : null });
                break;
            case 7:
                Change(_containers, container => container with { Driver = Seldom ? "" : "vfs" });
                break;
            case 8:
                Change(_images, image => image with { ChainIds = [.. image.ChainIds, B(AnyId())] });
                break;
            case 9:
                Change(_names, name => name with { ImageId = B(AnyId()) });
                break;
            case 10:
                Change(_builds, build => new DockerBuildCacheRecord(
                    Seldom ? B(AnyId()) : build.Key, Seldom ? B(AnyId()) : build.Parent, Seldom ? B(AnyId()) : build.Committed, Seldom ? B(AnyId()) : build.ChainId));
                break;
            case 11:
                AddProblem([
                    "overlay2", "overlay2/l", "image/overlay2/layerdb", "image/overlay2/layerdb/sha256", "image/overlay2/layerdb/mounts", "image/overlay2/imagedb/content/sha256",
                    "image/overlay2/repositories.json", "containers", "buildkit/snapshots.db",
                    .. _images.Select(image => $"image/overlay2/imagedb/content/sha256/{image.Id.ToString()[7..]}")]);
                break;
            case 12:
                _isOld |= Seldom;
                break;
            default:
                DamageDriverHome();
                break;
        }
    }
}
