using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;
using Overlay2.Storage.Tests.Diagnosis;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Every action knows whether it is undone: it is before it is done, is not when it is done, and is again behind its undo.</summary>
public sealed class ActionUndoTests
{
    private const ulong Other = 4026532000;

    private static readonly BytePath s_home = BytePath.FromText(MadeUpHost.Home);
    private static readonly BytePath s_place = BytePath.FromText("/run/overlay2-storage/kept-1");
    private static readonly BytePath s_file = BytePath.FromText("/etc/docker/daemon.json");

    /// <summary>The rest is the engine's (<see cref="EnginePlanTests"/>), or is never undone.</summary>
    private static readonly string[] s_elsewhere = [nameof(ContainerAction), nameof(RestartEngineAction), nameof(PurgeAction)];

    private static readonly ImmutableArray<(string Name, StorageSnapshot Snapshot, Func<RepairHost, (RepairAction Action, RepairAction[] Undo)> Make)> s_cases =
    [
        ("unmount", RepairSamples.SelfBind, host => (new UnmountAction(At(host, s_home)), [OnItself(host)])),
        ("unmount in another namespace", WithOther(), host => (new UnmountAction(At(host, s_home, Other)) { NamespaceId = Other }, [])),
        ("bind onto a place", RepairSamples.ForeignTmpfs, host =>
        {
            Assert.True(host.Mounts.MakePlace(s_place).IsDone);
            MountFingerprint kept = At(host, s_home).Again() with { MountPoint = s_place };
            return (new BindAction(s_home, s_place, IsPrivate: true, At(host, s_home)), [new UnmountAction(kept)]);
        }),
        ("bind onto a directory", MadeUpHost.Of(MadeUpHost.Root), host => (OnItself(host), [new UnmountAction(At(host, s_home).Again() with { Root = s_home, MountPoint = s_home })])),
        ("mount", MadeUpHost.Of(MadeUpHost.Root), host =>
        {
            var mount = new MountFileSystemAction(ByteString.FromText("ext4"), BytePath.FromText("/dev/sdz1"), s_home, IsReadOnly: false, At(host, s_home).Again());
            return (mount, [new UnmountAction(new MountFingerprint { Major = 0, Minor = int.MaxValue, Root = BytePath.Root, MountPoint = s_home, FileSystemType = mount.FileSystemType })]);
        }),
        ("move", RepairSamples.ForeignTmpfs, host =>
        {
            MountFingerprint mount = At(host, s_home);
            MountFingerprint below = At(host, BytePath.FromText("/srv"));
            return (new MoveMountAction(mount, BytePath.FromText("/srv"), below), [new MoveMountAction(mount.At(BytePath.FromText("/srv")).Again(), s_home, below)]);
        }),
        ("make private", RepairSamples.CoverWithChild(isShared: true), host => (new MakePrivateAction(At(host, s_home)), [new JoinPeersAction(At(host, s_home).Again())])),
        ("join peers", MadeUpHost.Of("30 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw", $"50 30 8:1 {MadeUpHost.Home} {MadeUpHost.Home} rw - ext4 /dev/sda1 rw"), host => (new JoinPeersAction(At(host, s_home)), [new MakePrivateAction(At(host, s_home))])),
        ("make a place", RepairSamples.SelfBind, _ => (new MakePlaceAction(s_place), [new RemovePlaceAction(s_place)])),
        ("remove a place", RepairSamples.SelfBind, host =>
        {
            Assert.True(host.Mounts.MakePlace(s_place).IsDone);
            return (new RemovePlaceAction(s_place), [new MakePlaceAction(s_place)]);
        }),
        ("replace configuration", DiagnosisReportTests.Whole() with { Configuration = SnapshotPart.Known(EngineConfigurationFiles.Empty.With(s_file, ByteString.FromText("{}\n"))) }, _ =>
        {
            var replace = new ReplaceConfigurationAction(s_file) { Original = ByteString.FromText("{}\n"), Content = ByteString.FromText("{ }\n") };
            return (replace, [replace with { Original = replace.Content, Content = replace.Original }]);
        }),
        ("set a parameter", WithParameter(), _ => (new SetModuleParameterAction("metacopy", "Y", "N"), [new SetModuleParameterAction("metacopy", "N", "Y")])),
        ("replace an entry", DiagnosisReportTests.Whole(), host =>
        {
            StorePlace lower = PlaceOf(Layer.Directory.Combine(OverlayDriverNames.Lower));
            EntryState before = host.Entries.ReadEntry(lower);
            return (new ReplaceEntryAction(lower, before, EntryState.File(ByteString.FromText("l/X"))), [new ReplaceEntryAction(lower, EntryState.File(ByteString.FromText("l/X")), before)]);
        }),
        ("move an entry", DiagnosisReportTests.Whole(), host =>
        {
            StorePlace quarantine = StoreLayout.Quarantine(Store);
            Assert.True(host.Entries.ReplaceEntry(quarantine, EntryState.Missing, EntryState.Directory, like: null).IsDone);
            StorePlace layer = PlaceOf(Layer.Directory);
            StorePlace kept = quarantine with { Path = quarantine.Path.Combine(new BytePath(Layer.Id)) };
            EntryIdentity identity = host.Entries.IdentifyEntry(layer);
            return (new MoveEntryAction(layer, kept, identity), [new MoveEntryAction(kept, layer, identity)]);
        }),
        ("set an attribute", WithMark(), _ =>
        {
            StorePlace place = PlaceOf(Layer.DiffPath.Combine(BytePath.FromText("a")));
            return (new SetAttributeAction(place, EntryAttribute.Immutable, IsSet: false), [new SetAttributeAction(place, EntryAttribute.Immutable, IsSet: true)]);
        }),
    ];

    public static TheoryData<string> Cases => [.. s_cases.Select(static test => test.Name)];

    private static DockerClassicStore Store => DiagnosisReportTests.Whole().Stores.Value.OfType<DockerClassicStore>().Single();

    private static OverlayDriverLayer Layer => Store.Layers.First(static layer => layer.Lower.HasContent);

    [Fact]
    public void Every_action_has_a_case() => Assert.Equal(
        RepairExamples.Actions.Select(static example => example.Good.GetType().Name).Order(StringComparer.Ordinal),
        s_cases.Select(static test => test.Make(new MemoryHost(test.Snapshot)).Action.GetType().Name).Concat(s_elsewhere).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_action_is_undone_before_it_is_done_and_behind_its_undo(string name)
    {
        (_, StorageSnapshot snapshot, Func<RepairHost, (RepairAction Action, RepairAction[] Undo)> make) = s_cases.First(test => test.Name == name);
        var host = new MemoryHost(snapshot);
        (RepairAction action, RepairAction[] undo) = make(host);
        string noted = action.Note(new MachineState(host, engine: null));
        Assert.True(await IsUndone(), "before");

        Assert.Equal("", action.Run(host).Error);
        Assert.False(await IsUndone(), "done");

        foreach (RepairAction back in undo)
            Assert.Equal("", back.Run(host).Error);
        Assert.Equal(undo.Length > 0, await IsUndone());

        async Task<bool> IsUndone() => await action.IsUndoneAsync(new MachineState(host, engine: null), noted);
    }

    /// <summary>Where a mount and its double cannot be told apart, undoing goes on.</summary>
    [Fact]
    public async Task What_looks_the_same_before_and_afterwards_is_not_called_undone()
    {
        var host = new MemoryHost(MadeUpHost.Of(MadeUpHost.Root, $"50 30 8:17 / {MadeUpHost.Home} rw - ext4 /dev/sdb1 rw"));
        RepairAction[] doubles =
        [
            new MountFileSystemAction(ByteString.FromText("ext4"), BytePath.FromText("/dev/sdb1"), s_home, IsReadOnly: false, At(host, s_home).Again()),
            new BindAction(s_home, s_home, IsPrivate: false, At(host, s_home).Again(), At(host, s_home).Again()),
        ];
        foreach (RepairAction action in doubles)
            Assert.False(await action.IsUndoneAsync(new MachineState(host, engine: null), noted: ""));

        // Nobody is in the namespace any more: the kernel numbers none like this.
        Assert.False(await new UnmountAction(At(host, s_home)) { NamespaceId = 1 }.IsUndoneAsync(new MachineState(new LinuxHost(), engine: null), noted: ""));
    }

    private static MountFingerprint At(RepairHost host, BytePath path, ulong namespaceId = 0) => MountFingerprint.Of(host.Mounts.LoadMounts(namespaceId).Resolve(path)!);

    private static BindAction OnItself(RepairHost host)
    {
        MountFingerprint below = At(host, BytePath.Root).Again();
        return new BindAction(s_home, s_home, IsPrivate: false, below, below);
    }

    private static StorageSnapshot WithOther() => MadeUpHost.Of(MadeUpHost.Root) with
    {
        OtherNamespaces = SnapshotPart.Known(ImmutableArray.Create(new SnapshotNamespace(Other, RepairSamples.SelfBind.Mounts, []))),
    };

    private static StorageSnapshot WithParameter()
    {
        StorageSnapshot whole = DiagnosisReportTests.Whole();
        return whole with { Kernel = SnapshotPart.Known(whole.Kernel.Value.WithParameter("metacopy", "Y")) };
    }

    private static StorageSnapshot WithMark() => DiagnosisReportTests.Whole() with
    {
        Uppers = SnapshotPart.Known(ImmutableArray.Create(new UpperScan { Directory = Layer.DiffPath, IsComplete = true, Marks = [new UpperMark(BytePath.FromText("a"), UpperMarkKind.Immutable, default)] })),
    };

    private static StorePlace PlaceOf(BytePath path) => StoreLayout.Place(Store, path);
}
