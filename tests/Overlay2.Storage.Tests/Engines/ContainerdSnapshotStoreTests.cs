using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Engines;

public sealed class ContainerdSnapshotStoreTests
{
    private static readonly DateTimeOffset s_made = new(2026, 11, 24, 21, 13, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("moby", 76)]
    [InlineData("default", 71)]
    public void Snapshots_are_those_that_ctr_lists(string containerdNamespace, int count)
    {
        using TemporaryTree tree = Databases();
        ContainerdSnapshotStore store = Read(tree);

        string[] listed = [.. Text($"containerd-two-namespaces.{containerdNamespace}.ls.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Words)];
        string[] found = [.. store.SnapshotNames.Where(name => name.Namespace == ByteString.FromText(containerdNamespace)).Select(name => Describe(store, name))];
        Assert.Equal(count, listed.Length);
        Assert.Equal(listed.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Empty(store.Problems);

        static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Parents_are_followed_through_keys_and_numbers()
    {
        using TemporaryTree tree = Databases();
        ContainerdSnapshotStore store = Read(tree);

        Assert.True(store.TryGetSnapshot(ByteString.FromText("moby"), ByteString.FromText("c70"), out ContainerdSnapshot? top));
        Assert.Equal(7, 1 + store.GetLowerLayerIds(top.LayerId).Count);
        Assert.True(top.Id > 127, "a number that takes two bytes");
        Assert.Equal(0, top.Size);
        Assert.Equal(1, top.Inodes);
        Assert.All(store.Snapshots, snapshot =>
        {
            Assert.InRange(snapshot.CreatedAt!.Value, s_made, s_made.AddMinutes(1));
            Assert.True(snapshot.UpdatedAt >= snapshot.CreatedAt);
            Assert.Equal(snapshot.Kind == ContainerdSnapshotKind.Committed, snapshot.Inodes is not null);
        });
        Assert.Equal(store.Snapshots.Count, store.Snapshots.Select(snapshot => snapshot.LayerId).Distinct().Count());
    }

    [Fact]
    public void Containers_images_and_leases_are_read()
    {
        using TemporaryTree tree = Databases();
        ContainerdSnapshotStore store = Read(tree);

        Assert.Equal(["default", "moby"], store.Namespaces.Select(name => name.ToString()));
        ContainerdContainer container = Assert.Single(store.Containers);
        Assert.Equal(("moby", "run1", "overlayfs", "run1", "docker.io/library/app:1"), (container.Namespace.ToString(), container.Id.ToString(), container.Snapshotter.ToString(), container.SnapshotName.ToString(), container.Image.ToString()));
        Assert.True(store.TryGetSnapshot(container.Namespace, container.SnapshotName, out ContainerdSnapshot? snapshot));
        Assert.True(store.TryGetContainerOf(snapshot.Key, out ContainerdContainer? owner));
        Assert.Same(container, owner);
        Assert.Equal(LayerReferenceKind.ContainerLayer, store.References.Single(reference => reference.LayerId == snapshot.LayerId).Kind);
        Assert.Equal("docker.io/library/app:1", Assert.Single(store.Images).Name.ToString());
        Assert.Equal(["/mnt/m1"], Assert.Single(store.Leases).SnapshotNames.Select(name => name.ToString()));
    }

    [Fact]
    public void Directories_without_a_record_are_unreferenced_and_other_names_are_no_snapshots()
    {
        using TemporaryTree tree = Real()
            .WithDirectory("io.containerd.snapshotter.v1.overlayfs/snapshots/99999/fs")
            .WithDirectory("io.containerd.snapshotter.v1.overlayfs/snapshots/new-4711/fs")
            .WithDirectory("io.containerd.snapshotter.v1.overlayfs/snapshots/lost+found");
        ContainerdSnapshotStore store = Read(tree);

        Assert.Equal(["99999", "new-4711"], store.FindUnreferencedLayers().Select(layer => layer.Id.ToString()));
        Assert.Equal(["lost+found"], store.OtherEntries.Select(name => name.ToString()));
        Assert.True(store.TryGetLayer(ByteString.FromText("1"), out ContainerdLayer? layer));
        Assert.Equal($"{tree.Root}/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs", layer.DiffPath.ToString());
        Assert.Equal(StoreEntryType.Directory, layer.Diff);
        Assert.NotNull(store.SnapshotsChangedAt);
    }

    [Fact]
    public void Work_directories_are_looked_at_where_a_snapshot_can_be_mounted_as_upper()
    {
        using TemporaryTree tree = Real();
        ContainerdSnapshotStore store = Read(tree);
        ContainerdSnapshot active = store.Snapshots.First(snapshot => snapshot.Kind == ContainerdSnapshotKind.Active);
        ContainerdSnapshot committed = store.Snapshots.First(snapshot => snapshot.Kind == ContainerdSnapshotKind.Committed);
        foreach (ContainerdSnapshot snapshot in (ContainerdSnapshot[])[active, committed])
            tree.WithDirectory($"io.containerd.snapshotter.v1.overlayfs/snapshots/{snapshot.Id}/work/work/incompat/volatile");
        store = Read(tree);

        Assert.Equal([active.LayerId], store.Layers.Where(layer => layer.WorkContent.HasVolatileMarker).Select(layer => layer.Id));
        Assert.Equal(store.Snapshots.Count(snapshot => snapshot.Kind == ContainerdSnapshotKind.Committed), store.Layers.Count(layer => layer.IsCommitted));
        Assert.Equal([active.LayerId], store.Layers.Where(layer => layer.WorkContent.VolatileMarkedAt > DateTimeOffset.UnixEpoch).Select(layer => layer.Id));
        Assert.Equal(store.Layers.Count, store.Layers.Select(layer => layer.Inode!.Value).Distinct().Count());
    }

    [Fact]
    public void A_store_that_was_never_used_is_empty_and_sound()
    {
        // A containerd that only runs the tasks of a Docker engine with its classic driver.
        using TemporaryTree tree = new TemporaryTree().WithDirectory("io.containerd.snapshotter.v1.overlayfs/snapshots");
        ContainerdSnapshotStore store = Read(tree);

        Assert.Empty(store.Problems);
        Assert.Empty(store.Layers);
        Assert.Equal(StoreEntryType.Directory, store.Home.Type);
    }

    [Fact]
    public void A_root_that_is_not_there_is_a_problem_and_not_an_exception()
    {
        ContainerdSnapshotStore store = ContainerdSnapshotStore.Read(BytePath.FromText("/no/such/root"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(StoreEntryType.Missing, store.Home.Type);
        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(store.Problems).Reason);
        Assert.Throws<ArgumentException>(() => ContainerdSnapshotStore.Read(BytePath.FromText("relative"), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("io.containerd.snapshotter.v1.overlayfs/metadata.db", true)]
    [InlineData("io.containerd.metadata.v1.bolt/meta.db", false)]
    public void A_damaged_database_is_a_problem_and_the_rest_is_read(string database, bool holdsReferences)
    {
        using TemporaryTree tree = Real();
        using (FileStream file = File.OpenWrite(tree[database]))
            file.SetLength(file.Length / 4);
        ContainerdSnapshotStore store = Read(tree);

        StoreProblem problem = Assert.Single(store.ReadProblems);
        Assert.Equal((tree[database], StoreProblemReason.Malformed), (problem.Path.ToString(), problem.Reason));
        Assert.Equal(holdsReferences, store.ReferenceProblems.Contains(problem));
        Assert.Equal(147, store.Layers.Count);
        Assert.Equal(holdsReferences ? 0 : 147, store.Snapshots.Count);
    }

    [Fact]
    public void Directories_without_a_database_are_not_known_to_be_unused()
    {
        using TemporaryTree tree = Real();
        File.Delete(tree["io.containerd.snapshotter.v1.overlayfs/metadata.db"]);

        Assert.Equal(StoreProblemReason.NotFound, Assert.Single(Read(tree).ReferenceProblems).Reason);
    }

    [Theory]
    [InlineData("id", new byte[] { 0x80 })]
    [InlineData("id", new byte[0])]
    [InlineData("id", new byte[] { 1, 1 })]
    [InlineData("kind", new byte[] { 0 })]
    [InlineData("kind", new byte[] { 4 })]
    [InlineData("kind", new byte[] { 2, 0 })]
    public void A_record_that_cannot_be_understood_is_a_problem_of_the_references(string member, byte[] value)
    {
        var record = new BoltWriter.Bucket { ["id"] = new byte[] { 5 }, ["kind"] = new byte[] { 2 } };
        record[member] = value;
        var snapshots = new BoltWriter.Bucket { ["t/1/bad"] = record, ["t/2/good"] = new BoltWriter.Bucket { ["id"] = new byte[] { 0x85, 1 }, ["kind"] = new byte[] { 1 }, ["createdat"] = new byte[] { 9 } } };
        using TemporaryTree tree = new TemporaryTree().WithFile(
            "io.containerd.snapshotter.v1.overlayfs/metadata.db", new BoltWriter().Write(new BoltWriter.Bucket { ["v1"] = new BoltWriter.Bucket { ["snapshots"] = snapshots } }));
        ContainerdSnapshotStore store = Read(tree);

        ContainerdSnapshot good = Assert.Single(store.Snapshots);
        Assert.Equal((133ul, ContainerdSnapshotKind.View, null), (good.Id, good.Kind, good.CreatedAt));
        Assert.Contains("t/1/bad", Assert.Single(store.ReferenceProblems).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_records_than_the_limit_are_a_problem()
    {
        using TemporaryTree tree = Databases();
        var options = new StoreReadOptions { MaxDirectoryEntries = 100 };
        ContainerdSnapshotStore store = ContainerdSnapshotStore.Read(tree.Path, options, TestContext.Current.CancellationToken);

        Assert.Equal(100, store.Snapshots.Count);
        Assert.Equal(2, store.ReadProblems.Count(problem => problem.Reason == StoreProblemReason.TooMany));
    }

    [Fact]
    public void Parents_in_a_circle_end()
    {
        var snapshots = new BoltWriter.Bucket();
        for (byte i = 1; i <= 3; i++)
            snapshots[$"k{i}"] = new BoltWriter.Bucket { ["id"] = new[] { i }, ["kind"] = new byte[] { 3 }, ["parent"] = Encoding.ASCII.GetBytes($"k{(i % 3) + 1}") };
        using TemporaryTree tree = new TemporaryTree().WithFile(
            "io.containerd.snapshotter.v1.overlayfs/metadata.db", new BoltWriter().Write(new BoltWriter.Bucket { ["v1"] = new BoltWriter.Bucket { ["snapshots"] = snapshots } }));

        Assert.Equal(2, Read(tree).GetLowerLayerIds(ByteString.FromText("1")).Count);
    }

    [Fact]
    public void A_store_survives_json()
    {
        using TemporaryTree tree = Databases();
        ContainerdSnapshotStore store = Read(tree);

        string json = JsonSerializer.Serialize(store);
        ContainerdSnapshotStore again = JsonSerializer.Deserialize<ContainerdSnapshotStore>(json)!;

        Assert.Equal(json, JsonSerializer.Serialize(again));
        Assert.Equal(store.References, again.References);
    }

    private static ContainerdSnapshotStore Read(TemporaryTree tree) => ContainerdSnapshotStore.Read(tree.Path, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The databases of a real containerd.</summary>
    private static TemporaryTree Databases() => new TemporaryTree()
        .WithFile("io.containerd.snapshotter.v1.overlayfs/metadata.db", Unzip("containerd-two-namespaces.metadata.db.gz"))
        .WithFile("io.containerd.metadata.v1.bolt/meta.db", Unzip("containerd-two-namespaces.meta.db.gz"));

    /// <summary>The databases of a real containerd, and a directory for each snapshot.</summary>
    private static TemporaryTree Real()
    {
        TemporaryTree tree = Databases();
        foreach (ContainerdSnapshot snapshot in Read(tree).Snapshots)
            tree.WithDirectory($"io.containerd.snapshotter.v1.overlayfs/snapshots/{snapshot.Id}/fs");
        return tree;
    }

    private static string Describe(ContainerdSnapshotStore store, ContainerdSnapshotName name)
    {
        Assert.True(store.TryGetSnapshot(name.Key, out ContainerdSnapshot? snapshot));

        // The snapshotter's own parent is the same snapshot as the one the namespace names.
        ContainerdSnapshotName? parent = store.SnapshotNames.SingleOrDefault(other => other.Key == snapshot.Parent);
        Assert.Equal(name.Parent, parent?.Name ?? default);
        return $"{name.Name} {(name.Parent.IsEmpty ? "" : name.Parent + " ")}{snapshot.Kind}";
    }

    private static string Text(string name) => Encoding.UTF8.GetString(Unzip(name));

    private static byte[] Unzip(string name)
    {
        using var zipped = new GZipStream(File.OpenRead(Repository.Data("bbolt", name)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zipped.CopyTo(bytes);
        return bytes.ToArray();
    }
}
