using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>Stores of all kinds in a snapshot file: the bytes are those that the version before the engines had folders of their own wrote.</summary>
public sealed class StoreFileFormatTests
{
    private static readonly string s_id = new('a', 64);
    private static readonly DateTimeOffset s_time = new(2026, 11, 24, 12, 30, 15, TimeSpan.Zero);

    [Fact]
    public void The_bytes_are_those_of_earlier_versions()
    {
        byte[] recorded = File.ReadAllBytes(Repository.Data("snapshots", "three-stores.json"));

        Assert.Equal(Encoding.UTF8.GetString(recorded), WithoutLaterMembers(Save(ThreeStores())));
        Assert.Equal(Encoding.UTF8.GetString(recorded), WithoutLaterMembers(Save(Load(recorded))));
        Assert.Equal([LayerStoreKind.DockerClassic, LayerStoreKind.ContainersStorage, LayerStoreKind.ContainerdSnapshots], Load(recorded).Stores.Value.Select(store => store.Kind));
    }

    /// <summary>A file without the members that came later: earlier versions pass over them, and files without them load.</summary>
    private static string WithoutLaterMembers(byte[] file) =>
        Regex.Replace(Encoding.UTF8.GetString(file), @",""(repositoryNames|mappedLayers|contents|sandboxes|contentDigests|contentRecords|unreadParts)"":\[\]|,""lowerLayers"":\{""state"":""Missing"",""content"":""""\}|,""metadataDatabase"":null|,""knowsRecordReferences"":(true|false)|(?<=""imageId"":""i""),""isVolatile"":false", "");

    [Theory]
    [InlineData("{}", "kind")]
    [InlineData("""{"madeUp":{"dataRoot":"/r"}}""", "kind")]
    [InlineData("""{"dockerClassic":null}""", "kind")]
    [InlineData("7", "$.stores.value[0]")]
    [InlineData("""{"dockerClassic":{},"dockerClassic":{}}""", "dockerClassic")]
    [InlineData("""{"dockerClassic":7}""", "$.stores.value[0]")]
    [InlineData("""{"containerdSnapshots":{"dataRoot":"/r"}}""", "driverHome")]
    public void What_is_no_store_is_refused_with_its_place(string store, string expected)
    {
        byte[] file = Encoding.UTF8.GetBytes($$$"""{"formatVersion":1,"stores":{"status":"Known","value":[{{{store}}}]}}""");

        Assert.Contains(expected, Assert.Throws<SnapshotFormatException>(() => Load(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_or_a_doubled_member_deep_in_a_store_is_refused_with_its_place()
    {
        string whole = Encoding.UTF8.GetString(Save(ThreeStores()));

        foreach ((string from, string to, string place) in new[]
        {
            ("\"imageStores\":[", "\"imageStores\":[null,", "imageStores"),
            ("\"leases\":[", "\"leases\":[null,", "leases"),
            ("\"chainIds\":[", "\"chainIds\":[null,", "chainIds"),
            ("\"isVolatile\":", "\"isVolatile\":true,\"isVolatile\":", "isVolatile"),
            ("\"kind\":\"Active\"", "\"kind\":\"Odd\"", "kind"),
        })
        {
            string changed = whole.Replace(from, to, StringComparison.Ordinal);
            Assert.NotEqual(whole, changed);
            Assert.Contains(place, Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes(changed))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Members_beside_and_in_a_store_that_are_not_known_are_passed_over()
    {
        JsonNode json = JsonNode.Parse(Save(ThreeStores()))!;
        foreach (JsonNode? store in (JsonArray)json["stores"]!["value"]!)
        {
            var members = (JsonObject)store!;
            ((JsonObject)members.Single().Value!)["newMember"] = new JsonArray(1);
            members["newMember"] = new JsonObject { ["a"] = 7 };
        }

        Assert.Equal(Encoding.UTF8.GetString(Save(ThreeStores())), Encoding.UTF8.GetString(Save(Load(Encoding.UTF8.GetBytes(json.ToJsonString())))));
    }

    [Fact]
    public void Depth_is_bounded_in_a_store_too()
    {
        string deep = $"{new string('[', 40)}{new string(']', 40)}";
        byte[] file = Encoding.UTF8.GetBytes($$$"""{"formatVersion":1,"stores":{"status":"Known","value":[{"dockerClassic":{"newMember":{{{deep}}}}}]}}""");

        Assert.Contains("depth", Assert.Throws<SnapshotFormatException>(() => Load(file)).Message, StringComparison.Ordinal);
    }

    private static StorageSnapshot ThreeStores() => new()
    {
        Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(Docker(), Containers(), Containerd())),
    };

    private static DockerClassicStore Docker()
    {
        var problem = new StoreProblem(Path("/var/lib/docker/overlay2/x/link"), StoreOperation.Read, StoreProblemReason.AccessDenied, "EACCES");
        return new DockerClassicStore
        {
            DataRoot = Path("/var/lib/docker"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory, MountId = 7, Inode = 8, DeviceMajor = 9, DeviceMinor = 10 },
            Quarantine = new StoreQuarantine { Type = StoreEntryType.Directory, ModifiedAt = s_time, Entries = [new QuarantinedEntry(Text("q"), StoreEntryType.Directory) { Inode = 3, ModifiedAt = s_time }] },
            Layers = [Layer(StoreFile.Of(Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), StoreFile.Unreadable(problem))],
            OtherEntries = [Text("lost+found"), new ByteString([0xff, 0x41])],
            ShortLinkDirectory = StoreEntryType.Directory,
            ShortLinks = [new OverlayDriverShortLink { Name = Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), Type = StoreEntryType.SymbolicLink, Target = Path($"../{s_id}/diff") }],
            ImageLayers = [new DockerImageLayer { ChainId = Text("sha256:1"), Directory = Path("/var/lib/docker/image/1"), CacheId = StoreFile.Of(Text(s_id)), DiffId = StoreFile.Of(Text("sha256:2")), Size = StoreFile.Of(Text("7")) }],
            ContainerLayers = [new DockerContainerLayer { ContainerId = Text("c"), Directory = Path("/var/lib/docker/image/c"), MountId = StoreFile.Of(Text(s_id)), InitId = StoreFile.Of(Text(s_id + "-init")), Parent = StoreFile.Of(Text("sha256:1")) }],
            Containers = [new DockerContainer { Id = Text("c"), Name = "web", ImageId = "sha256:3", ImageReference = "app:1", Driver = "overlay2", IsRunning = true, ProcessId = 7, ExitCode = 1, Health = "healthy", RestartPolicy = "always", IsRemovedOnStop = true, Problem = problem }],
            Images = [new DockerImage { Id = Text("sha256:3"), References = ["app:1"], ChainIds = [Text("sha256:1")] }],
            BuildCache = [new DockerBuildCacheRecord(Text("k"), Text("p"), Text("m"), Text("sha256:1"))],
            ReadProblems = [problem],
        };
    }

    private static ContainersStorageStore Containers() => new ContainersStorageStore
    {
        DataRoot = Path("/var/lib/containers/storage"),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        Layers = [Layer(StoreFile.Missing, StoreFile.Missing)],
        ImageStores = [Path("/images")],
        LayerRecords = [new ContainersLayerRecord { Id = Text(s_id), Parent = Text("p"), IsIncomplete = true, IsVolatile = true }],
        Containers = [new ContainersContainer { Id = Text("c"), Name = "web", LayerId = Text(s_id), ImageId = Text("i") }],
        Images = [new ContainersImage { Id = Text("i"), Names = ["localhost/app:1"], TopLayer = Text(s_id) }],
    };

    private static ContainerdSnapshotStore Containerd() => new ContainerdSnapshotStore
    {
        DataRoot = Path("/var/lib/containerd"),
        DriverHome = Path("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"),
        StateDirectory = Path("/run/containerd"),
        Layers = [new ContainerdLayer { Id = Text("1"), Directory = Path("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1"), IsCommitted = true }],
        OtherEntries = [Text("x")],
        Snapshots = [new ContainerdSnapshot { Key = Text("default/1/a"), Id = 1, Kind = ContainerdSnapshotKind.Active, Parent = Text("p"), Inodes = 2, Size = 3, CreatedAt = s_time, UpdatedAt = s_time }],
        SnapshotsChangedAt = s_time,
        Namespaces = [Text("default")],
        SnapshotNames = [new ContainerdSnapshotName(Text("default"), Text("overlayfs"), Text("a"), Text("default/1/a"), Text("p"))],
        Containers = [new ContainerdContainer(Text("default"), Text("c")) { Image = Text("app:1"), Snapshotter = Text("overlayfs"), SnapshotName = Text("a"), CreatedAt = s_time }],
        Images = [new ContainerdImage(Text("default"), Text("app:1"), Text("sha256:1"))],
        Leases = [new ContainerdLease(Text("default"), Text("l")) { SnapshotNames = [Text("a")], CreatedAt = s_time }],
        Tasks = [new ContainerdTask(Text("default"), Text("c"), Path("/run/containerd/io.containerd.runtime.v2.task/default/c")) { ProcessId = 7 }],
    };

    private static OverlayDriverLayer Layer(StoreFile link, StoreFile lower) => new()
    {
        Id = Text(s_id),
        Directory = Path($"/var/lib/docker/overlay2/{s_id}"),
        Diff = StoreEntryType.Directory,
        Work = StoreEntryType.Directory,
        IsCommitted = true,
        WorkContent = new WorkDirectoryContent { Leftovers = 1, Depth = 2, HasVolatileMarker = true, VolatileMarkedAt = s_time },
        ModifiedAt = s_time,
        Inode = 12,
        Link = link,
        Lower = lower,
        Merged = StoreEntryType.Directory,
        OtherEntries = [Text("other")],
    };

    private static ByteString Text(string text) => ByteString.FromText(text);

    private static BytePath Path(string path) => BytePath.FromText(path);

    private static byte[] Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return stream.ToArray();
    }

    private static StorageSnapshot Load(byte[] file) => StorageSnapshot.Load(new MemoryStream(file));
}
