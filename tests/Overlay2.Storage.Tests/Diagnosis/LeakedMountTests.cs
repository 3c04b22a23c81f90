using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>Whose a mount of another namespace is: this store's, or that of an engine which lives there.</summary>
public sealed class LeakedMountTests
{
    private const string Root = "/var/lib/docker";
    private const string Volume = "/srv/vol";
    private const string Containerd = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs";

    private static readonly string s_known = new('a', 64);
    private static readonly string s_unknown = new('b', 64);

    /// <summary>The engine's own namespace has nothing but the disk; another one has the disk's root, a part of it on a path, and an overlay.</summary>
    public static TheoryData<string, string, string, string, string, string> Namespaces => new()
    {
        { "a copy that was left over", "/", Root, s_known, "monitor", $"{Root}/overlay2/{s_known}/merged" },
        { "the host's root directory at another path", "/", "/rootfs", s_known, "cadvisor", $"{Root}/overlay2/{s_known}/merged" },
        { "the driver home alone at another path", $"{Root}/overlay2", "/stores/a", s_known, "shipper", $"{Root}/overlay2/{s_known}/merged" },
        { "a layer that the store does not know", "/", Root, s_unknown, "monitor", "" },
        { "an engine with a volume on the same disk", Volume, Root, s_unknown, "dockerd", "" },
        { "an engine with a volume on the same disk, and a layer of the same id", Volume, Root, s_known, "dockerd", "" },
        { "an engine's namespace whose engine has ended, with a volume on the same disk", Volume, Root, s_known, "sh", "" },
        { "an engine with a volume that is this very store", Root, Root, s_known, "dockerd", "" },
        { "an engine with the store at another path", Root, "/data", s_known, "dockerd", "" },
        { "an engine of another kind that looks on", "/", Root, s_known, "containerd", $"{Root}/overlay2/{s_known}/merged" },
    };

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void An_overlay_of_another_namespace_is_this_stores_by_its_place(string what, string root, string on, string layer, string program, string expected)
    {
        string below = root == "/" && on == Root ? "" : $"61 60 8:1 {root} {on} rw - ext4 /dev/sda1 rw";
        string point = root switch
        {
            "/" when on == Root => $"{Root}/overlay2/{layer}/merged",
            "/" => $"{on}{Root}/overlay2/{layer}/merged",
            Root or Volume => $"{on}/overlay2/{layer}/merged",
            _ => $"{on}/{layer}/merged",
        };
        StorageSnapshot snapshot = Host(program, null, [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), below, Overlay(below.Length == 0 ? 60 : 61, point, $"{Root}/overlay2/{layer}")]);

        string[] found = [.. Leaks(snapshot).Select(finding => finding.Subject.Path.ToString())];

        Assert.True(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).SequenceEqual(found), $"{what}: {string.Join(' ', found)}");
        Assert.Equal(found, Leaks(snapshot.Redact()).Select(_ => expected));
    }

    [Fact]
    public void What_an_engine_has_in_its_namespace_is_not_left_over_in_that_of_its_containers()
    {
        string overlay = Overlay(60, $"{Root}/overlay2/{s_known}/merged", $"{Root}/overlay2/{s_known}");
        SnapshotNamespace container = Namespace(7, "cadvisor", null, [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), overlay]);

        Assert.Single(Leaks(With(container)));
        Assert.Empty(Leaks(With(container, Namespace(8, "dockerd", null, [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), overlay]))));
    }

    [Theory]
    [InlineData(Volume, Root)]
    [InlineData(Volume, Volume)]
    public void A_store_that_the_caller_names_is_its_engines_own(string root, string on)
    {
        string[] table = [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), $"61 60 8:1 {root} {on} rw - ext4 /dev/sda1 rw", Overlay(61, $"{on}/overlay2/{s_known}/merged", $"{on}/overlay2/{s_known}")];

        Assert.Empty(Leaks(With(Store(Volume), Namespace(7, "dockerd", null, table))));
        Assert.Equal($"{Volume}/overlay2/{s_known}/merged", Assert.Single(Leaks(With(Store(Volume), Namespace(7, "sleep", null, table)))).Subject.Path.ToString());
    }

    [Theory]
    [InlineData("a node of a cluster, with its own numbers", "/var/lib/docker/volumes/x/_data", "0:70", "containerd", 0)]
    [InlineData("a node whose engine has ended", "/var/lib/docker/volumes/x/_data", "0:70", "sh", 0)]
    [InlineData("a copy of the host's mounts", "/var", "0:25", "monitor", 1)]
    [InlineData("the host's own directories beside another engine", "/var", "0:25", "containerd", 0)]
    public void Layers_with_numbers_are_told_apart_by_their_place(string what, string variable, string run, string program, int expected)
    {
        const string Options = $"rw,lowerdir={Containerd}/snapshots/1/fs,upperdir={Containerd}/snapshots/2/fs,workdir={Containerd}/snapshots/2/work";
        var store = new ContainerdSnapshotStore
        {
            DataRoot = BytePath.FromText("/var/lib/containerd"),
            DriverHome = BytePath.FromText(Containerd),
            StateDirectory = BytePath.FromText("/run/containerd"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Layers = [new ContainerdLayer { Id = ByteString.FromText("2"), Directory = BytePath.FromText($"{Containerd}/snapshots/2"), Diff = StoreEntryType.Directory, ModifiedAt = DateTimeOffset.UnixEpoch }],
        };
        SnapshotNamespace other = Namespace(
            7, program, null,
            [
                "60 1 0:50 / / rw - overlay overlay rw,lowerdir=/x,upperdir=/y,workdir=/z", $"61 60 8:1 {variable} /var rw - ext4 /dev/sda1 rw", $"62 60 {run} / /run rw - tmpfs tmpfs rw",
                $"63 62 0:99 / /run/containerd/io.containerd.runtime.v2.task/k8s.io/c1/rootfs rw - overlay overlay {Options}",
            ]);

        int found = Leaks(MadeUpHost.Of([MadeUpHost.Root, "31 30 0:25 / /run rw - tmpfs tmpfs rw"], store) with { OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(other)) }).Length;

        Assert.True(found == expected, $"{what}: {found}");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(60, true)]
    [InlineData(70, false)]
    [InlineData(71, false)]
    public void An_unmount_is_planned_where_nobody_lives_in_the_mount(int? rootMount, bool isPlanned)
    {
        string[] table = [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), Overlay(60, $"{Root}/overlay2/{s_known}/merged", $"{Root}/overlay2/{s_known}"), $"71 70 0:5 / {Root}/overlay2/{s_known}/merged/proc rw - proc proc rw"];
        StorageSnapshot snapshot = Host("monitor", rootMount, rootMount == 71 ? table : table[..2]);

        RepairPlan plan = Plan(snapshot);

        Assert.Single(Leaks(snapshot));
        if (isPlanned)
            Assert.Equal((7UL, RepairRisk.R2, RepairReversibility.Irreversible), (((UnmountAction)Assert.Single(plan.Steps).Action).NamespaceId, plan.Risk, plan.Steps[0].Reversibility));
        else
            Assert.Contains("has its root directory in it", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
        Assert.Equal(isPlanned, plan.Steps.Length == 1);
    }

    [Fact]
    public void An_unmount_is_refused_where_an_engine_of_another_kind_is_among_the_holders()
    {
        string[] table = [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), Overlay(60, $"{Root}/overlay2/{s_known}/merged", $"{Root}/overlay2/{s_known}")];

        RepairPlan plan = Plan(Host("podman", null, table));

        Assert.Empty(plan.Steps);
        Assert.Contains("process 812 (podman)", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_file_system_of_a_container_is_not_unmounted_behind_its_back()
    {
        string[] table = [MadeUpHost.Root.Replace("30 1", "60 1", StringComparison.Ordinal), Overlay(60, $"{Root}/overlay2/{s_known}/merged", $"{Root}/overlay2/{s_known}")];
        StorageSnapshot snapshot = With(Namespace(7, "monitor", null, table), Namespace(8, "app", null, [Overlay(1, "/", $"{Root}/overlay2/{s_known}")]));

        RepairPlan plan = Plan(snapshot);

        Assert.Empty(plan.Steps);
        Assert.Contains("mount namespace 8 has it as its root directory", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    private static RepairPlan Plan(StorageSnapshot snapshot) =>
        RepairPlanner.Plan(CorpusSnapshots.Diagnose(snapshot), new RepairPolicy { AllowOtherNamespaces = true, Only = [FindingIds.LeakedMount] });

    private static Finding[] Leaks(StorageSnapshot snapshot) => [.. CorpusSnapshots.Diagnose(snapshot).Findings.Where(finding => finding.Id == FindingIds.LeakedMount)];

    private static StorageSnapshot Host(string program, int? rootMount, string[] table) => With(Namespace(7, program, rootMount, table));

    private static StorageSnapshot With(params ImmutableArray<SnapshotNamespace> others) => With(Store(Root), others);

    private static StorageSnapshot With(DockerClassicStore store, params ImmutableArray<SnapshotNamespace> others) =>
        MadeUpHost.Of([MadeUpHost.Root], store) with { OtherNamespaces = SnapshotPart.Known(others) };

    private static SnapshotNamespace Namespace(ulong id, string program, int? rootMount, string[] table) => new(
        id, SnapshotPart.Known(MadeUpHost.Mounts([.. table.Where(line => line.Length > 0)])), [new MountHolderProcess(812, ByteString.FromText(program), "") { RootMountId = rootMount }]);

    private static string Overlay(int parent, string point, string directory) => MadeUpHost.Overlay(70, parent, 50, directory, at: point);

    private static DockerClassicStore Store(string root) => new()
    {
        DataRoot = BytePath.FromText(root),
        Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
        Layers = [new OverlayDriverLayer { Id = ByteString.FromText(s_known), Directory = BytePath.FromText($"{root}/overlay2/{s_known}"), Diff = StoreEntryType.Directory, ModifiedAt = DateTimeOffset.UnixEpoch }],
    };
}
