using System.IO.Compression;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>The references of a store of containerd, sound and with one thing damaged, and those of a recorded one.</summary>
public sealed class ContainerdRecordReferenceTests
{
    private const string Home = "root/io.containerd.snapshotter.v1.overlayfs";
    private const string Metadata = "root/io.containerd.metadata.v1.bolt/meta.db";
    private const string Blobs = "root/io.containerd.content.v1.content/blobs";

    private static readonly string s_hex = new('b', 64);

    /// <summary>What is done to the databases and the directories, and what is not resolved then.</summary>
    private static readonly Dictionary<string, (Action<Databases> Change, Action<TemporaryTree> Damage, string[] Expected)> s_cases = new(StringComparer.Ordinal)
    {
        ["nothing"] = (_ => { }, _ => { }, []),
        ["snapshot's directory removed"] = (_ => { }, tree => tree.Without($"{Home}/snapshots/1"), ["Snapshot -> Layer: Dangling NoSuchDirectory"]),
        ["snapshot's directory is a link"] = (
            _ => { }, tree => tree.Without($"{Home}/snapshots/1").WithLink($"{Home}/snapshots/1", "/etc"), ["Snapshot -> Layer: NotKnown NotRead"]),
        ["directories not readable"] = (_ => { }, tree => tree.Without($"{Home}/snapshots").WithLink($"{Home}/snapshots", "/etc"), ["Snapshot -> Layer: NotKnown Unreadable"]),
        ["snapshot's parent gone"] = (data => data.Snapshot["parent"] = Bytes("gone"), _ => { }, ["Snapshot -> Snapshot: Dangling NoSuchRecord"]),
        ["snapshots malformed"] = (_ => { }, tree => tree.WithFile($"{Home}/metadata.db", "x"), ["SnapshotName -> Snapshot: NotKnown Unreadable"]),
        ["snapshots missing"] = (_ => { }, tree => File.Delete(tree[$"{Home}/metadata.db"]), ["SnapshotName -> Snapshot: Dangling NoSuchRecord"]),
        ["name of no snapshot"] = (data => data.Name["name"] = Bytes("gone"), _ => { }, ["SnapshotName -> Snapshot: Dangling NoSuchRecord"]),
        ["name without a key"] = (data => data.Name.Remove("name"), _ => { }, ["SnapshotName -> Snapshot: Dangling EmptyRecord"]),
        ["name's parent gone"] = (data => data.Name["parent"] = Bytes("gone"), _ => { }, ["SnapshotName -> SnapshotName: Dangling NoSuchRecord"]),
        ["container's snapshot gone"] = (data => data.Container["snapshotKey"] = Bytes("gone"), _ => { }, ["Container -> SnapshotName: Dangling NoSuchRecord"]),
        ["container of another snapshotter"] = (data => data.Container["snapshotter"] = Bytes("stargz"), _ => { }, ["Container -> SnapshotName: NotKnown NotRead"]),
        ["container whose client has its files"] = (data => data.Container.Remove("snapshotter"), _ => { }, []),
        ["container's image gone"] = (data => data.Container["image"] = Bytes("gone"), _ => { }, ["Container -> Image: Dangling NoSuchRecord"]),
        ["blob removed"] = (_ => { }, tree => File.Delete(tree[$"{Blobs}/sha256/{s_hex}"]), ["Image -> Content: Dangling NoSuchEntry", "Lease -> Content: Dangling NoSuchEntry"]),
        ["blob is a directory"] = (
            _ => { }, tree => tree.Without($"{Blobs}/sha256/{s_hex}").WithDirectory($"{Blobs}/sha256/{s_hex}"), ["Image -> Content: Dangling NoSuchEntry", "Lease -> Content: Dangling NoSuchEntry"]),
        ["blobs behind a link"] = (
            _ => { }, tree => tree.Without($"{Blobs}/sha256").WithFile($"elsewhere/{s_hex}", "").WithLink($"{Blobs}/sha256", "../../../elsewhere"), ["Image -> Content: NotKnown Unreadable", "Lease -> Content: NotKnown Unreadable"]),
        ["digest that is a path"] = (data => data.Target["digest"] = Bytes("sha256:../../../../../etc/passwd"), _ => { }, ["Image -> Content: Dangling MalformedRecord"]),
        ["digest in capitals"] = (data => data.Target["digest"] = Bytes("sha256:" + new string('B', 64)), _ => { }, ["Image -> Content: Dangling MalformedRecord"]),
        ["image without a digest"] = (data => data.Target.Remove("digest"), _ => { }, ["Image -> Content: Dangling EmptyRecord"]),
        ["lease of a snapshot that is gone"] = (data => data.LeasedSnapshots["gone"] = Array.Empty<byte>(), _ => { }, ["Lease -> SnapshotName: Dangling NoSuchRecord"]),
        ["lease of a blob that is gone"] = (data => data.LeasedContents["sha256:" + new string('c', 64)] = Array.Empty<byte>(), _ => { }, ["Lease -> Content: Dangling NoSuchEntry"]),
        ["task without a container"] = (_ => { }, tree => tree.WithDirectory("run/containerd/io.containerd.runtime.v2.task/t/other"), ["Task -> Container: Dangling NoSuchRecord"]),
        ["task of a sandbox"] = (
            data => data.Space["sandboxes"] = new BoltWriter.Bucket { ["pod"] = new BoltWriter.Bucket() }, tree => tree.WithDirectory("run/containerd/io.containerd.runtime.v2.task/t/pod"), ["Task -> Container: NotKnown NotRead"]),
        ["metadata malformed"] = (_ => { }, tree => tree.WithFile(Metadata, "x"), ["Task -> Container: NotKnown Unreadable"]),
        ["metadata missing"] = (_ => { }, tree => File.Delete(tree[Metadata]), ["Task -> Container: Dangling NoSuchRecord"]),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_damaged_dangles_and_nothing_else(string name)
    {
        var data = new Databases();
        s_cases[name].Change(data);
        using TemporaryTree tree = data.ToTree();
        s_cases[name].Damage(tree);

        Assert.Equal(s_cases[name].Expected, RecordReferenceText.Unresolved(Read(tree, "root")));
    }

    [Fact]
    public void Every_kind_of_reference_of_a_sound_store_is_told()
    {
        using TemporaryTree tree = new Databases().ToTree();
        ContainerdSnapshotStore store = Read(tree, "root");

        Assert.Equal(
            [
                "Container -> Image", "Container -> SnapshotName", "Image -> Content", "Lease -> Content", "Lease -> SnapshotName", "Snapshot -> Layer",
                "Snapshot -> Snapshot", "SnapshotName -> Snapshot", "SnapshotName -> SnapshotName", "Task -> Container",
            ],
            RecordReferenceText.Kinds(store));
        Assert.Equal(["t", ""], store.RecordReferences.Where(reference => reference.From.Kind == RecordKind.Image).SelectMany(reference => new[] { reference.From.Namespace.ToString(), reference.To.Namespace.ToString() }));
        Assert.Equal(["sha256:" + s_hex], Assert.Single(store.Leases).ContentDigests.Select(digest => digest.ToString()));
        Assert.Equal([new ContainerdContent(ByteString.FromText("sha256:" + s_hex), ContainerdContentState.Present)], store.Contents);
        Assert.Empty(store.Problems);
    }

    [Fact]
    public void Many_blobs_that_cannot_be_looked_at_are_one_problem()
    {
        var data = new Databases();
        for (int i = 0; i < 50; i++)
            data.LeasedContents[$"sha256:{i:x64}"] = Array.Empty<byte>();
        using TemporaryTree tree = data.ToTree().Without(Blobs).WithLink(Blobs, "/etc");
        ContainerdSnapshotStore store = Read(tree, "root");

        Assert.Single(store.Problems);
        Assert.Empty(store.ReferenceProblems);
        Assert.Equal(51, store.Contents.Count(content => content.State == ContainerdContentState.NotKnown));
    }

    [Fact]
    public void References_of_a_recorded_store_are_resolved_but_for_the_blob_that_was_not_recorded()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile($"{Home}/metadata.db", Unzip("containerd-two-namespaces.metadata.db.gz"))
            .WithFile(Metadata, Unzip("containerd-two-namespaces.meta.db.gz"));
        foreach (ContainerdSnapshot snapshot in Read(tree, "root").Snapshots)
            tree.WithDirectory($"{Home}/snapshots/{snapshot.Id}/fs");
        ContainerdSnapshotStore store = Read(tree, "root");

        Assert.Equal(["Image -> Content: Dangling NoSuchEntry"], RecordReferenceText.Unresolved(store));
        Assert.Equal(147, store.RecordReferences.Count(reference => reference.From.Kind == RecordKind.Snapshot && reference.To.Kind == RecordKind.Layer));
        Assert.Contains(store.RecordReferences, reference => reference.From.Kind == RecordKind.Lease && reference.To.Id == ByteString.FromText("/mnt/m1"));
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static ContainerdSnapshotStore Read(TemporaryTree tree, string root)
    {
        var options = new StoreReadOptions { HostRoot = tree.Path };
        return ContainerdSnapshotStore.Read(BytePath.FromText("/" + root), options, TestContext.Current.CancellationToken);
    }

    private static byte[] Unzip(string name)
    {
        using var zipped = new GZipStream(File.OpenRead(Repository.Data("bbolt", name)), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        zipped.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>A namespace with an image, a container on two snapshots, a lease of everything and a task.</summary>
    private sealed class Databases
    {
        public Databases()
        {
            Name = new BoltWriter.Bucket { ["name"] = Bytes("t/2/top"), ["parent"] = Bytes("base") };
            Snapshot = new BoltWriter.Bucket { ["id"] = new byte[] { 2 }, ["kind"] = new byte[] { 2 }, ["parent"] = Bytes("t/1/base") };
            Container = new BoltWriter.Bucket { ["image"] = Bytes("app:1"), ["snapshotter"] = Bytes("overlayfs"), ["snapshotKey"] = Bytes("top") };
            Space = new BoltWriter.Bucket
            {
                ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = new BoltWriter.Bucket { ["base"] = new BoltWriter.Bucket { ["name"] = Bytes("t/1/base") }, ["top"] = Name } },
                ["containers"] = new BoltWriter.Bucket { ["c1"] = Container },
                ["images"] = new BoltWriter.Bucket { ["app:1"] = new BoltWriter.Bucket { ["target"] = Target } },
                ["leases"] = new BoltWriter.Bucket
                {
                    ["l1"] = new BoltWriter.Bucket { ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = LeasedSnapshots }, ["content"] = LeasedContents },
                },
            };
        }

        public BoltWriter.Bucket Space { get; }

        public BoltWriter.Bucket Name { get; }

        public BoltWriter.Bucket Snapshot { get; }

        public BoltWriter.Bucket Container { get; }

        public BoltWriter.Bucket Target { get; } = new() { ["digest"] = Bytes("sha256:" + s_hex) };

        public BoltWriter.Bucket LeasedSnapshots { get; } = new() { ["top"] = Array.Empty<byte>() };

        public BoltWriter.Bucket LeasedContents { get; } = new() { ["sha256:" + s_hex] = Array.Empty<byte>() };

        public TemporaryTree ToTree() => new TemporaryTree()
            .WithFile(Metadata, new BoltWriter().Write(new BoltWriter.Bucket { ["v1"] = new BoltWriter.Bucket { ["t"] = Space } }))
            .WithFile($"{Home}/metadata.db", new BoltWriter().Write(new BoltWriter.Bucket
            {
                ["v1"] = new BoltWriter.Bucket
                {
                    ["snapshots"] = new BoltWriter.Bucket { ["t/1/base"] = new BoltWriter.Bucket { ["id"] = new byte[] { 1 }, ["kind"] = new byte[] { 3 } }, ["t/2/top"] = Snapshot },
                },
            }))
            .WithDirectory($"{Home}/snapshots/1/fs").WithDirectory($"{Home}/snapshots/2/fs")
            .WithFile($"{Blobs}/sha256/{s_hex}", "")
            .WithDirectory("run/containerd/io.containerd.runtime.v2.task/t/c1");
    }
}
