using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed class RandomContainerdStores : RandomStores
{
    private const string Containerd = "/var/lib/containerd";
    private const string Snapshotter = Containerd + "/io.containerd.snapshotter.v1.overlayfs";

    private static readonly string[] s_namespaces = ["moby", "k8s.io"];

    private readonly List<ContainerdLayer> _layers = [];
    private readonly List<ContainerdSnapshot> _snapshots = [];
    private readonly List<ContainerdSnapshotName> _names = [];
    private readonly List<ContainerdContainer> _containers = [];
    private readonly List<ContainerdImage> _images = [];
    private readonly List<ContainerdLease> _leases = [];
    private readonly List<ContainerdTask> _tasks = [];
    private readonly List<ContainerdSandbox> _sandboxes = [];
    private readonly List<ContainerdContent> _contents = [];
    private bool _isOld;

    private RandomContainerdStores(int seed)
        : base(new Random(seed), Containerd, Snapshotter)
    {
        Remember("moby/1/x");
        for (int i = Upto(6); i > 0; i--)
            AddSnapshot();
        for (int i = Upto(3); i > 0; i--)
            AddImage();
        for (int i = Upto(3); i > 0; i--)
            AddContainer();
        for (int i = Upto(2); i > 0; i--)
            AddLease();
    }

    /// <summary>A store that is sound, or has some damage.</summary>
    public static ContainerdSnapshotStore Make(int seed, int damages, bool isHostile)
    {
        var stores = new RandomContainerdStores(seed);
        if (isHostile)
            stores.RememberHostileIds();
        for (int i = stores.Upto(damages); i > 0; i--)
            stores.Damage();
        return new ContainerdSnapshotStore
        {
            DataRoot = P(Containerd),
            Home = Home,
            DriverHome = P(Snapshotter),
            StateDirectory = P("/run/containerd"),
            Layers = stores._layers,
            Snapshots = stores._snapshots,
            SnapshotNames = stores._names,
            Containers = stores._containers,
            Images = stores._images,
            Leases = stores._leases,
            Tasks = stores._tasks,
            Contents = stores._isOld ? null : stores._contents,
            Sandboxes = stores._isOld ? null : stores._sandboxes,
            KnowsRecordReferences = !stores._isOld,
            OtherEntries = stores.Others,
            ReadProblems = stores.Problems,
        };
    }

    public static ContainerdSnapshotStore MakeSound(int seed)
    {
        ContainerdSnapshotStore store = Make(seed, damages: 0, isHostile: false);
        return store with
        {
            MetadataDatabase = StoreEntryType.RegularFile,
            HeldSnapshots = [.. store.SnapshotNames.Select(name => new ContainerdHeldSnapshot(name.Namespace, name.Name))],
            Layers = [.. store.Layers.Select(layer => layer with { Diff = StoreEntryType.Directory, Work = StoreEntryType.Directory })],
        };
    }

    private ByteString AnyNamespace() => B(OneOf(s_namespaces));

    private void AddSnapshot()
    {
        ContainerdSnapshotName? parent = _names.Count == 0 || Seldom ? null : OneOf(_names);
        ByteString space = parent?.Namespace ?? AnyNamespace();
        ulong number = (ulong)(_snapshots.Count + 1);
        string name = NewChain();
        string key = Remember($"{space}/{number}/{name}");
        _layers.Add(new ContainerdLayer { Id = B($"{number}"), Directory = P($"{Snapshotter}/snapshots/{number}") });
        _snapshots.Add(new ContainerdSnapshot { Key = B(key), Id = number, Kind = ContainerdSnapshotKind.Committed, Parent = parent?.Key ?? default });
        _names.Add(new ContainerdSnapshotName(space, B("overlayfs"), B(name), B(key), parent?.Name ?? default));
    }

    private void AddImage()
    {
        string digest = NewChain();
        string name = Remember($"docker.io/library/app:{_images.Count}");
        _images.Add(new ContainerdImage(AnyNamespace(), B(name), B(digest)));
        _contents.Add(new ContainerdContent(B(digest), ContainerdContentState.Present));
    }

    private void AddContainer()
    {
        ContainerdSnapshotName? snapshot = _names.Count == 0 || Seldom ? null : OneOf(_names);
        ByteString space = snapshot?.Namespace ?? AnyNamespace();
        string id = NewId();
        _containers.Add(new ContainerdContainer(space, B(id))
        {
            Image = _images.FirstOrDefault(image => image.Namespace == space)?.Name ?? default,
            Snapshotter = snapshot is null ? default : B("overlayfs"),
            SnapshotName = snapshot?.Name ?? default,
        });
        if (Random.Next(2) == 0)
            _tasks.Add(new ContainerdTask(space, B(id), P($"/run/containerd/io.containerd.runtime.v2.task/{space}/{id}")));
        if (Seldom)
            _sandboxes.Add(new ContainerdSandbox(space, B(id)));
    }

    private void AddLease()
    {
        ByteString space = AnyNamespace();
        _leases.Add(new ContainerdLease(space, B(NewId()))
        {
            SnapshotNames = [.. _names.Where(name => name.Namespace == space).Take(2).Select(name => name.Name)],
            ContentDigests = [.. _contents.Take(2).Select(content => content.Digest)],
        });
    }

    private void Damage()
    {
        switch (Random.Next(14))
        {
            case 0:
                Change(_layers, layer => layer with { Id = B(AnyId()) });
                break;
            case 1:
                Change(_snapshots, snapshot => snapshot with { Parent = B(AnyId()) });
                break;
            case 2:
                Change(_snapshots, snapshot => snapshot with { Key = B(AnyId()), Id = (ulong)Random.Next(9) });
                break;
            case 3:
                Change(_names, name => name with { Key = B(AnyId()) });
                break;
            case 4:
                Change(_names, name => name with { Parent = B(AnyId()), Namespace = Seldom ? AnyNamespace() : name.Namespace });
                break;
            case 5:
                Change(_names, name => name with { Name = B(AnyId()) });
                break;
            case 6:
                Change(_containers, container => container with { SnapshotName = B(AnyId()), Snapshotter = B(OneOf(["overlayfs", "overlayfs", "", "stargz"])) });
                break;
            case 7:
                Change(_containers, container => container with { Image = B(AnyId()), Id = Seldom ? B(AnyId()) : container.Id });
                break;
            case 8:
                Change(_images, image => image with { Digest = B(AnyId()), Namespace = Seldom ? AnyNamespace() : image.Namespace });
                break;
            case 9:
                Change(_contents, content => content with { State = (ContainerdContentState)Random.Next(3) });
                break;
            case 10:
                Change(_leases, lease => lease with { SnapshotNames = [.. lease.SnapshotNames, B(AnyId())], ContentDigests = [.. lease.ContentDigests, B(AnyId())] });
                break;
            case 11:
                AddProblem([
                    "io.containerd.metadata.v1.bolt/meta.db", "io.containerd.snapshotter.v1.overlayfs/metadata.db", "io.containerd.snapshotter.v1.overlayfs/snapshots",
                    "io.containerd.content.v1.content/blobs", .. _layers.Select(layer => $"io.containerd.snapshotter.v1.overlayfs/snapshots/{layer.Id}")]);
                break;
            case 12:
                _isOld |= Seldom;
                Others.Add(B($"{Random.Next(9)}"));
                break;
            default:
                Change(_tasks, task => task with { ContainerId = B(AnyId()) });
                break;
        }
    }
}
