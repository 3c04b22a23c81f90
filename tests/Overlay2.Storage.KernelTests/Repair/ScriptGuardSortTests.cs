using System.Reflection;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Of every kind of predicate that a script can test: one that holds, one that does not, and one that cannot be looked at. A guard passes where the first is, and nowhere else.</summary>
public sealed class ScriptGuardSortTests : IDisposable
{
    private const string Holds = "holds";
    private const string Fails = "does not hold";
    private const string Unseen = "cannot be looked at";

    private const string Mounts = "mkdir m; mount -t tmpfs one m; mkdir m/in; mount -t tmpfs two m/in; mkdir shared; mount -t tmpfs three shared; mount --make-shared shared; mkdir twice; mount -t tmpfs four twice; mount -t tmpfs five twice";
    private const string Hidden = "mount -t tmpfs none /proc";
    private const string Entries = "mkdir -p overlay2/l overlay2/a; printf 'it\\000s\n' > overlay2/a/f; ln -s \"../a '\" overlay2/l/A; ln -s l overlay2/way; mkdir overlay2/l/d; touch -d '2026-05-06 07:08:09.123456789Z' overlay2/a; chattr +i overlay2/l/d";
    private const string Parameters = "mount -t tmpfs parameters /sys/module/overlay/parameters; ";

    // Names that no other namespace has.
    private static readonly string s_id = $"o2,{Guid.NewGuid():N}:x";
    private static readonly string s_layers = $"""
        mkdir -p 'overlay2/{s_id}/diff' 'overlay2/{s_id}/work' overlay2/l low m; cd overlay2
        """;

    private static readonly string s_escaped = s_id.Replace(",", "\\,", StringComparison.Ordinal);

    private static readonly (string Kind, string Sort, string Setup, Func<ScriptRoom, RepairPredicate> Make)[] s_cases =
    [
        ("mountPresent", Holds, Mounts, room => new MountPresentPredicate(room.Mount("m"))),
        ("mountPresent", Fails, Mounts, room => new MountPresentPredicate(room.Mount("m") with { MountId = 1 << 30 })),
        ("mountPresent", Unseen, Mounts, room => new MountPresentPredicate(room.Mount("m"))),
        ("mountAbsent", Holds, Mounts, room => new MountAbsentPredicate(room.Mount("m") with { MountId = 1 << 30 })),
        ("mountAbsent", Fails, Mounts, room => new MountAbsentPredicate(room.Mount("m"))),
        ("mountAbsent", Unseen, Mounts, room => new MountAbsentPredicate(room.Mount("m") with { MountId = 1 << 30 })),
        ("mountReached", Holds, Mounts, room => new MountReachedPredicate(room.Mount("m"))),
        ("mountReached", Fails, Mounts, room => new MountReachedPredicate(MountFingerprint.Of(room.Host.Mounts.LoadMounts(0).GetByMountPoint(room.At("twice")).First()))),
        ("mountReached", Unseen, Mounts, room => new MountReachedPredicate(room.Mount("m"))),
        ("noChildren", Holds, Mounts, room => new NoChildrenPredicate(room.Mount("m/in"))),
        ("noChildren", Fails, Mounts, room => new NoChildrenPredicate(room.Mount("m"))),
        ("noChildren", Unseen, Mounts, room => new NoChildrenPredicate(room.Mount("m/in"))),
        ("mountPrivate", Holds, Mounts, room => new MountPrivatePredicate(room.Mount("m"))),
        ("mountPrivate", Fails, Mounts, room => new MountPrivatePredicate(room.Mount("shared"))),
        ("mountPrivate", Unseen, Mounts, room => new MountPrivatePredicate(room.Mount("m"))),
        ("place", Holds, Mounts, room => new PlacePredicate(room.At("m"))),
        ("place", Fails, Mounts, room => new PlacePredicate(room.At("shared"))),
        ("place", Unseen, Mounts, room => new PlacePredicate(room.At("m"))),
        ("noPlace", Holds, Mounts, room => new NoPlacePredicate(room.At("m/i"))),
        ("noPlace", Fails, Mounts, room => new NoPlacePredicate(room.At("m"))),
        ("noPlace", Unseen, Mounts, room => new NoPlacePredicate(room.At("m/i"))),
        ("configuration", Holds, "mkdir /etc/docker; printf '{}' > /etc/docker/daemon.json", _ => Configuration("{}")),
        ("configuration", Holds, ":", _ => Configuration(null)),
        ("configuration", Fails, "mkdir /etc/docker; printf '{}\\000\n' > /etc/docker/daemon.json", _ => Configuration("{}\n")),
        ("configuration", Fails, "mkdir /etc/docker; printf '{}\n' > /etc/docker/daemon.json", _ => Configuration("{}")),
        ("configuration", Unseen, "mkdir /etc/docker; ln -s daemon.json /etc/docker/daemon.json", _ => Configuration(null)),
        ("configuration", Unseen, "mkdir -p /etc/docker/daemon.json", _ => Configuration("{}")),
        ("moduleParameter", Holds, Parameters + "echo Y > /sys/module/overlay/parameters/metacopy", _ => new ModuleParameterPredicate("metacopy", "Y")),
        ("moduleParameter", Fails, Parameters + "echo N > /sys/module/overlay/parameters/metacopy", _ => new ModuleParameterPredicate("metacopy", "Y")),
        ("moduleParameter", Unseen, Parameters, _ => new ModuleParameterPredicate("metacopy", "Y")),
        ("entry", Holds, Entries, room => new EntryPredicate(room.Place("overlay2/a/none"), EntryState.Missing)),
        ("entry", Holds, Entries, room => new EntryPredicate(room.Place("overlay2/a"), EntryState.Directory)),
        ("entry", Holds, Entries, room => new EntryPredicate(room.Place("overlay2/a/f"), EntryState.File(ByteString.FromText("it\0s\n")))),
        ("entry", Holds, Entries, room => new EntryPredicate(room.Place("overlay2/l/A"), EntryState.Link(BytePath.FromText("../a '")))),
        ("entry", Fails, Entries, room => new EntryPredicate(room.Place("overlay2/l/A"), EntryState.Missing)),
        ("entry", Fails, Entries, room => new EntryPredicate(room.Place("overlay2/way"), EntryState.Directory)),
        ("entry", Fails, Entries, room => new EntryPredicate(room.Place("overlay2/a/f"), EntryState.File(ByteString.FromText("its\n")))),
        ("entry", Fails, Entries, room => new EntryPredicate(room.Place("overlay2/l/A"), EntryState.Link(BytePath.FromText("../a '\n")))),
        ("entry", Unseen, Entries, room => new EntryPredicate(room.Place("overlay2/way/none"), EntryState.Missing)),
        ("entry", Unseen, Entries, room => new EntryPredicate(room.Place("overlay2/way/d"), EntryState.Directory)),
        ("entry", Unseen, Entries, room => new EntryPredicate(room.Place("overlay2/way/A"), EntryState.Link(BytePath.FromText("../a '")))),
        ("identity", Holds, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), Identify(room, "overlay2/a"))),
        ("identity", Holds, Entries, room => new IdentityPredicate(room.Place("overlay2/l/A"), Identify(room, "overlay2/l/A"))),
        ("identity", Holds, Entries, room => new IdentityPredicate(room.Place("overlay2/none"), new EntryIdentity(StoreEntryType.Missing))),
        ("identity", Fails, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), Later(Identify(room, "overlay2/a"), 1))),
        ("identity", Fails, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), Later(Identify(room, "overlay2/a"), -1))),
        ("identity", Fails, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), Identify(room, "overlay2/a") with { Inode = 1 })),
        ("identity", Fails, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), new EntryIdentity(StoreEntryType.Other))),
        ("identity", Fails, Entries, room => new IdentityPredicate(room.Place("overlay2/a"), new EntryIdentity(StoreEntryType.Missing))),
        ("identity", Unseen, Entries, room => new IdentityPredicate(room.Place("overlay2/way/d"), Identify(room, "overlay2/l/d"))),
        ("attribute", Holds, Entries, room => new AttributePredicate(room.Place("overlay2/l/d"), EntryAttribute.Immutable, IsSet: true)),
        ("attribute", Holds, Entries, room => new AttributePredicate(room.Place("overlay2/a"), EntryAttribute.AppendOnly, IsSet: false)),
        ("attribute", Fails, Entries, room => new AttributePredicate(room.Place("overlay2/l/d"), EntryAttribute.Immutable, IsSet: false)),
        ("attribute", Fails, Entries, room => new AttributePredicate(room.Place("overlay2/a"), EntryAttribute.Immutable, IsSet: true)),
        ("attribute", Unseen, Entries, room => new AttributePredicate(room.Place("overlay2/l/A"), EntryAttribute.Immutable, IsSet: false)),
        ("attribute", Unseen, Entries, room => new AttributePredicate(room.Place("overlay2/way/d"), EntryAttribute.Immutable, IsSet: true)),
        ("layerUnused", Holds, s_layers, Layer),
        ("layerUnused", Fails, $"{s_layers}; mount -t overlay overlay -o 'lowerdir=../low,upperdir={s_escaped}/diff,workdir={s_escaped}/work' ../m", Layer),
        ("layerUnused", Fails, $"{s_layers}; mount -t overlay overlay -o 'lowerdir={s_escaped.Replace(":", "\\:", StringComparison.Ordinal)}/diff:../low' ../m", Layer),
        ("layerUnused", Unseen, s_layers, Layer),
        ("noMountBelow", Holds, s_layers, room => new NoMountBelowPredicate(room.At($"overlay2/{s_id}"))),
        ("noMountBelow", Fails, $"{s_layers}; mount -t tmpfs inner '{s_id}/diff'", room => new NoMountBelowPredicate(room.At($"overlay2/{s_id}"))),
        ("noMountBelow", Fails, $"{s_layers}; mount --bind '{s_id}/diff' ../m", room => new NoMountBelowPredicate(room.At($"overlay2/{s_id}"))),
        ("noMountBelow", Unseen, s_layers, room => new NoMountBelowPredicate(room.At($"overlay2/{s_id}"))),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-script-").FullName;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, s_cases.Length)];

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _directory]);

    /// <summary>Of the engine's no script can say anything; see RepairKindTests.</summary>
    [Fact]
    public void Every_kind_of_predicate_has_a_case_of_each_sort() =>
        Assert.Equal(
            typeof(RepairPredicate).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(line => (string)line.TypeDiscriminator!).Except(["container", "engine", "engineStopped"], StringComparer.Ordinal)
                .SelectMany(kind => (string[])[$"{kind} {Holds}", $"{kind} {Fails}", $"{kind} {Unseen}"]).Order(StringComparer.Ordinal),
            s_cases.Select(example => $"{example.Kind} {example.Sort}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_guard_passes_where_the_executor_goes_on(int index)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        (string kind, string sort, string setup, Func<ScriptRoom, RepairPredicate> make) = s_cases[index];
        using var room = new ScriptRoom(_directory, setup);
        RepairPredicate predicate = make(room);
        bool isOfMounts = kind is not ("configuration" or "moduleParameter" or "entry" or "identity" or "attribute");
        if (sort == Unseen && isOfMounts)
            Assert.Equal(0, room.Shell(Hidden).ExitCode);

        foreach (string shell in ScriptRoom.Shells)
        {
            // Even where it says that it is there a guard may not do anything else: the script goes on.
            ToolRun run = room.Shell($"{PlanScript.Functions}{predicate.ToScript().Text} || fail no\necho yes\n", shell);
            Assert.True(run.ExitCode == (sort == Holds ? 0 : 1), $"{shell}: {predicate.Describe()}: {run.ExitCode} {run.Error} {predicate.ToScript().Text}");
            Assert.Equal(sort == Holds ? "yes\n" : "", run.Output);
        }

        // The executor reads the tables outside of the namespace, where they can be seen.
        if (sort == Unseen && isOfMounts)
            return;
        string? said;
        try
        {
            said = await predicate.TestAsync(new MachineState(kind is "configuration" or "moduleParameter" ? room.Files : room.Host, engine: null), TestContext.Current.CancellationToken);
        }
        catch (IOException e)
        {
            Assert.Equal(Unseen, sort);
            said = e.Message;
        }

        Assert.True(said is null == (sort == Holds), said);
    }

    private static ConfigurationPredicate Configuration(string? content) =>
        new(BytePath.FromText("/etc/docker/daemon.json")) { Content = content is null ? null : ByteString.FromText(content) };

    private static EntryIdentity Identify(ScriptRoom room, string path) => room.Host.Entries.IdentifyEntry(room.Place(path));

    private static EntryIdentity Later(EntryIdentity identity, long ticks) => identity with { ModifiedAt = identity.ModifiedAt!.Value.AddTicks(ticks) };

    private static LayerUnusedPredicate Layer(ScriptRoom room) => new(room.At($"overlay2/{s_id}"), room.At("overlay2"), []);
}
