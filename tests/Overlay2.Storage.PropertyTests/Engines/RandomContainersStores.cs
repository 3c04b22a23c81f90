using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed class RandomContainersStores : RandomStores
{
    private const string Storage = "/var/lib/containers/storage";

    private readonly List<ContainersLayerRecord> _records = [];
    private readonly List<(string Id, List<string> Below)> _chains = [];
    private readonly List<ContainersContainer> _containers = [];
    private readonly List<ContainersImage> _images = [];
    private bool _isOld;
    private bool _hasOthers;

    private RandomContainersStores(int seed)
        : base(new Random(seed), Storage, Storage + "/overlay")
    {
        for (int i = Upto(6); i > 0; i--)
            AddRecord();
        for (int i = Upto(3); i > 0; i--)
            AddImage();
        for (int i = Upto(3); i > 0; i--)
            AddContainer();
        _hasOthers = Seldom;

        // A base layer alone does not tell of which version it is.
        if (Seldom && _chains.Any(chain => chain.Below.Count > 0))
            ListIds(_chains, keepsShortNames: Seldom);
    }

    /// <summary>A store that is sound, or has some damage.</summary>
    public static ContainersStorageStore Make(int seed, int damages, bool isHostile)
    {
        var stores = new RandomContainersStores(seed);
        if (isHostile)
            stores.RememberHostileIds();
        for (int i = stores.Upto(damages); i > 0; i--)
            stores.Damage();
        return new ContainersStorageStore
        {
            DataRoot = P(Storage),
            Home = Home,
            Layers = stores.Layers,
            ShortLinks = stores.Links,
            ImageStores = stores._hasOthers ? [P("/srv/images")] : [],
            LayerRecords = stores._records,
            Containers = stores._containers,
            Images = stores._images,
            KnowsRecordReferences = !stores._isOld,
            OtherEntries = stores.Others,
            ReadProblems = stores.Problems,
        };
    }

    public static ContainersStorageStore MakeSound(int seed)
    {
        ContainersStorageStore store = Make(seed, damages: 0, isHostile: false);
        return store with { ShortLinkDirectory = StoreEntryType.Directory, Layers = WithDirectories(store.Layers), ImageStores = [] };
    }

    private ContainersLayerRecord AddRecord(ContainersLayerRecord? parent = null)
    {
        parent ??= _records.Count == 0 || Seldom ? null : OneOf(_records);
        string id = NewId();
        List<string> below = [];
        for (ContainersLayerRecord? layer = parent; layer is not null; layer = layer.Parent.IsEmpty ? null : _records.First(other => other.Id == layer.Parent))
            below.Add(layer.Id.ToString());
        AddLayer(id, below);
        _chains.Add((id, below));
        _records.Add(new ContainersLayerRecord { Id = B(id), Parent = parent?.Id ?? default, IsVolatile = Seldom });
        return _records[^1];
    }

    private void AddImage() => _images.Add(new ContainersImage
    {
        Id = B(NewId()),
        Names = [$"localhost/app:{_images.Count}"],
        TopLayer = _records.Count == 0 || Seldom ? default : OneOf(_records).Id,
        MappedLayers = _records.Count > 0 && Seldom ? [OneOf(_records).Id] : [],
    });

    private void AddContainer()
    {
        ContainersImage? image = _images.Count == 0 || Seldom ? null : OneOf(_images);
        ContainersLayerRecord? top = image is null || image.TopLayer.IsEmpty ? null : _records.First(record => record.Id == image.TopLayer);
        _containers.Add(new ContainersContainer
        {
            Id = B(NewId()),
            Name = Seldom ? "" : $"c{_containers.Count}",
            LayerId = AddRecord(top).Id,
            ImageId = image?.Id ?? default,
            IsVolatile = Seldom,
        });
    }

    private void Damage()
    {
        switch (Random.Next(11))
        {
            case 0:
                Change(_records, record => record with { Parent = B(AnyId()) });
                break;
            case 1:
                Change(_records, record => record with { Id = B(AnyId()) });
                break;
            case 2:
                Change(_records, record => record with { IsIncomplete = true, Id = Seldom ? B(AnyId()) : record.Id });
                break;
            case 3:
                Change(_containers, container => container with { LayerId = B(AnyId()) });
                break;
            case 4:
                Change(_containers, container => container with { ImageId = B(AnyId()) });
                break;
            case 5:
                Change(_images, image => image with { TopLayer = B(AnyId()) });
                break;
            case 6:
                Change(_images, image => image with { MappedLayers = [.. image.MappedLayers, B(AnyId())] });
                break;
            case 7:
                AddProblem(
                    "overlay", "overlay/l", "overlay-layers/layers.json", "overlay-layers/volatile-layers.json", "overlay-containers/containers.json",
                    "overlay-containers/volatile-containers.json", "overlay-images/images.json");
                break;
            case 8:
                _isOld |= Seldom;
                break;
            default:
                DamageDriverHome();
                break;
        }
    }
}
