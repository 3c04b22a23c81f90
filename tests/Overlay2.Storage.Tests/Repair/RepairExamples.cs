using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>An example of every action and of every predicate, with odd paths, and plans that hold them.</summary>
internal static class RepairExamples
{
    /// <summary>A quote, what a shell would run, blanks that mountinfo escapes, and a letter that is not ASCII.</summary>
    private const string Odd = "it's $(touch x)\té\\";

    private static readonly MountFingerprint s_mount = new()
    {
        MountId = 50,
        ParentId = 30,
        Major = 8,
        Minor = 1,
        Root = Path($"/root {Odd}"),
        MountPoint = Path($"/mnt/{Odd}"),
        FileSystemType = ByteString.FromText("ext4"),
    };

    private static readonly StorePlace s_entry = new(Path("/var/lib/docker"), Path($"overlay2/{Odd}"));
    private static readonly StorePlace s_kept = new(Path("/var/lib/docker"), Path($"overlay2-quarantine/{Odd}"));
    private static readonly EntryIdentity s_identity = new(StoreEntryType.Directory) { Inode = 7, ModifiedAt = DateTimeOffset.UnixEpoch };
    private static readonly BytePath s_place = RepairPolicy.Default.KeepDirectory.Combine(Path("aside-1"));
    private static readonly BytePath s_file = Path($"/etc/{Odd}/daemon.json");
    private static readonly ByteString s_id = ByteString.FromText(new string('1', 64));

    /// <summary>The name in plans, an action that a plan may have, and one of the kind that none may have; none for those that only a policy forbids.</summary>
    public static ImmutableArray<(string Name, RepairAction Good, RepairAction? Bad)> Actions { get; } =
    [
        ("unmount", new UnmountAction(s_mount), new UnmountAction(s_mount with { MountPoint = BytePath.Root })),
        ("bind", new BindAction(Path("/a"), s_place, IsPrivate: true, s_mount), new BindAction(Path("/a"), Path("/b"), IsPrivate: true, s_mount)),
        ("mount", new MountFileSystemAction(ByteString.FromText("ext4"), Path("/dev/sdb1"), s_mount.MountPoint, IsReadOnly: true, s_mount), new MountFileSystemAction(ByteString.FromText("ext4"), Path("sdb1"), Path("/a"), IsReadOnly: false, s_mount)),
        ("move", new MoveMountAction(s_mount, Path("/a"), s_mount), new MoveMountAction(s_mount, Path("/a"))),
        ("makePrivate", new MakePrivateAction(s_mount), new MakePrivateAction(s_mount with { MountPoint = Path("/a/../b") })),
        ("joinPeers", new JoinPeersAction(s_mount.Again()), new JoinPeersAction(s_mount with { MountPoint = Path("a") })),
        ("makePlace", new MakePlaceAction(s_place), new MakePlaceAction(Path("/a"))),
        ("removePlace", new RemovePlaceAction(s_place), new RemovePlaceAction(Path("/a"))),
        ("container", new ContainerAction(s_id, Start: true), null),
        ("replaceEntry", new ReplaceEntryAction(s_entry, EntryState.Missing, EntryState.Link(Path($"../{Odd}"))) { Like = s_entry }, new ReplaceEntryAction(s_entry with { Path = Path("overlay2/a/diff/b") }, EntryState.Missing, EntryState.Directory)),
        ("moveEntry", new MoveEntryAction(s_entry, s_kept, s_identity) { Synchronize = true }, new MoveEntryAction(s_entry, s_entry with { Path = Path("overlay2/b") }, s_identity)),
        ("setAttribute", new SetAttributeAction(s_entry, EntryAttribute.AppendOnly, IsSet: true), new SetAttributeAction(s_entry with { Path = Path("../a") }, EntryAttribute.Immutable, IsSet: false)),
        ("purge", new PurgeAction(s_kept, s_identity), new PurgeAction(s_entry, s_identity)),
        ("restartEngine", new RestartEngineAction(), null),
        ("replaceConfiguration", new ReplaceConfigurationAction(s_file) { Original = ByteString.FromText("{}\n"), Content = ByteString.FromText("{ }\n") }, new ReplaceConfigurationAction(Path("/etc/systemd/system/docker.service")) { Content = ByteString.FromText("x") }),
        ("setModuleParameter", new SetModuleParameterAction("metacopy", "Y", "N"), new SetModuleParameterAction("../x", "Y", "N")),
    ];

    public static ImmutableArray<(string Name, RepairPredicate Example)> Predicates { get; } =
    [
        ("mountPresent", new MountPresentPredicate(s_mount)),
        ("mountAbsent", new MountAbsentPredicate(s_mount)),
        ("mountReached", new MountReachedPredicate(s_mount.Again())),
        ("noChildren", new NoChildrenPredicate(s_mount.Again())),
        ("mountPrivate", new MountPrivatePredicate(s_mount)),
        ("place", new PlacePredicate(s_place)),
        ("noPlace", new NoPlacePredicate(s_place)),
        ("container", new ContainerPredicate(s_id, Runs: true)),
        ("engine", new EnginePredicate()),
        ("configuration", new ConfigurationPredicate(s_file) { Content = ByteString.FromText("it's\n") }),
        ("moduleParameter", new ModuleParameterPredicate("metacopy", "N")),
        ("entry", new EntryPredicate(s_entry, EntryState.Link(Path($"../{Odd}\n")))),
        ("identity", new IdentityPredicate(s_entry, s_identity)),
        ("attribute", new AttributePredicate(s_entry, EntryAttribute.Immutable, IsSet: false)),
        ("engineStopped", new EngineStoppedPredicate()),
        ("layerUnused", new LayerUnusedPredicate(Path($"/var/lib/docker/overlay2/{Odd}"), Path("/var/lib/docker/overlay2"), [ByteString.FromText("A'B")]) { OrEngineStopped = true }),
        ("noMountBelow", new NoMountBelowPredicate(Path($"/var/lib/docker/overlay2/{Odd}"))),
    ];

    /// <summary>The other forms that guards take: with and without ids, in another mount namespace, and of each type of an entry.</summary>
    public static ImmutableArray<RepairPredicate> OtherPredicates { get; } =
    [
        new MountPresentPredicate(s_mount) { NamespaceId = 4 },
        new MountAbsentPredicate(s_mount) { NamespaceId = 4 },
        new MountReachedPredicate(s_mount) { NamespaceId = 4 },
        new NoChildrenPredicate(s_mount) { NamespaceId = 4 },
        new MountReachedPredicate(s_mount),
        new NoChildrenPredicate(s_mount),
        new MountPrivatePredicate(s_mount.Again()),
        new ConfigurationPredicate(s_file),
        new AttributePredicate(s_entry, EntryAttribute.AppendOnly, IsSet: true),
        new LayerUnusedPredicate(s_file, s_file, []),
        .. new[] { EntryState.Missing, EntryState.Directory, EntryState.File(default), EntryState.File(ByteString.FromText("a\0b%'")), new EntryState { Type = StoreEntryType.Other } }.Select(state => new EntryPredicate(s_entry, state)),
        .. Enum.GetValues<StoreEntryType>().Select(type => new IdentityPredicate(s_entry, new EntryIdentity(type))),
    ];

    /// <summary>Other forms of actions that have a line of their own.</summary>
    public static ImmutableArray<RepairAction> OtherActions { get; } =
    [
        new UnmountAction(s_mount) { NamespaceId = 4 },
        new BindAction(Path("/a"), Path("/b"), IsPrivate: false, s_mount, s_mount),
        new MoveMountAction(s_mount, s_place),
        new ContainerAction(s_id, Start: false),
        new SetAttributeAction(s_entry, EntryAttribute.Immutable, IsSet: false),
        new ReplaceConfigurationAction(s_file) { Content = ByteString.FromText("it's\n") },
        new ReplaceConfigurationAction(s_file) { Original = ByteString.FromText("it's\n") },
        new ReplaceConfigurationAction(s_file) { Original = ByteString.FromText("a\nb\nREDACTED"), Content = ByteString.FromText("a\nREDACTED") },
        .. new[] { EntryState.Missing, EntryState.Directory, EntryState.File(ByteString.FromText("é")) }.SelectMany(to =>
            new[] { EntryState.Link(Path("x")), EntryState.File(default) }.Select(from => new ReplaceEntryAction(s_entry, from, to))),
        new ReplaceEntryAction(s_entry, EntryState.Missing, EntryState.Directory) { Like = s_entry },
        new ReplaceEntryAction(s_entry, EntryState.Directory, EntryState.Missing),
    ];

    /// <summary>A step that may be in a plan, about nothing but the action: with what a removal for good has to have.</summary>
    public static RepairStep StepOf(RepairAction action) => action is PurgeAction { Place: var place, Identity: var identity }
        ? Step(action, [new IdentityPredicate(place, identity), new NoMountBelowPredicate(place.FullPath)], [new EntryPredicate(place, EntryState.Missing)], RepairRisk.R4)
        : Step(action, [], [new EntryPredicate(s_entry, EntryState.Missing)]);

    public static RepairStep Step(RepairAction action, ImmutableArray<RepairPredicate> before, ImmutableArray<RepairPredicate> after, RepairRisk risk = RepairRisk.R2) => new()
    {
        Title = $"An example {Odd}",
        Action = action,
        Preconditions = before,
        Postconditions = after,
        Risk = risk,
    };

    /// <summary>A plan whose policy allows everything.</summary>
    public static RepairPlan PlanOf(params ImmutableArray<RepairStep> steps) => new()
    {
        HostId = "host",
        BootId = "boot",
        Policy = new RepairPolicy
        {
            MaxRisk = RepairRisk.R4, AllowEngineControl = true, AllowOtherNamespaces = true,
            Only = steps.Any(step => step.Action is PurgeAction) ? [FindingIds.Quarantine] : [],
        },
        Goals = [],
        Steps = steps,
        Alternatives = [],
        Refusals = [],
        KnownFindings = [],
        SuspendedRules = [],
    };

    private static BytePath Path(string text) => BytePath.FromText(text);
}
