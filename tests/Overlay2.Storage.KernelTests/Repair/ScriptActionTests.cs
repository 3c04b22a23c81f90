using System.Reflection;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>Every kind of action that a script can do, done on one of two like machines and by the script on the other: then they are alike.</summary>
public sealed class ScriptActionTests : IDisposable
{
    /// <summary>The kinds that no script does.</summary>
    private static readonly Dictionary<string, string> s_reasons = new(StringComparer.Ordinal)
    {
        ["joinPeers"] = "no program makes a mount a peer of another",
        ["container"] = "a script has no control of the engine",
        ["restartEngine"] = "a script has no control of the engine",
    };

    private const string Entries = """
        umask 022; mkdir -p overlay2/l overlay2/a overlay2/empty overlay2-quarantine; chmod 711 overlay2/l overlay2/a; chown 12:34 overlay2/l overlay2/a
        printf old > overlay2/a/link; chmod 640 overlay2/a/link; chown 56:78 overlay2/a/link; setfattr -n trusted.o2 -v odd overlay2/a/link; setfattr -n user.o2 -v odd overlay2/a/link || :
        ln -s ../old/diff overlay2/l/OLD; chown -h 91:23 overlay2/l/OLD; mkdir -m 750 overlay2/a/diff; chown 45:67 overlay2/a/diff
        """;

    private const string Lines = "{\n \"storage-driver\": \"overlay\",\n \"debug\": true}";
    private const string Configuration = $"mkdir -p /etc/docker; printf %s '{Lines}' > /etc/docker/daemon.json; chmod 640 /etc/docker/daemon.json; chown 12:34 /etc/docker/daemon.json";

    private static readonly BytePath s_json = BytePath.FromText("/etc/docker/daemon.json");

    private static readonly (string Kind, string Name, string Setup, Func<ScriptRoom, RepairAction> Make)[] s_cases =
    [
        ("unmount", "topmost", "mkdir m; mount -t tmpfs one m; mount -t tmpfs two m", room => new UnmountAction(room.Mount("m"))),
        ("bind", "private", "mkdir -p a/sub b; echo x > a/f; mount -t tmpfs inner a/sub", room => new BindAction(room.At("a"), room.At("b"), IsPrivate: true, room.Mount(), room.Mount())),
        ("bind", "peer", "mount --make-shared .; mkdir -p a/sub b; echo x > a/f; mount -t tmpfs inner a/sub", room => new BindAction(room.At("a"), room.At("b"), IsPrivate: false, room.Mount(), room.Mount())),
        ("mount", "read-only", "mkdir m; truncate -s 4M overlay2-img; mkfs.ext4 -q overlay2-img; losetup -f --show overlay2-img > overlay2-img-device", room => new MountFileSystemAction(ByteString.FromText("ext4"), Device(room), room.At("m"), IsReadOnly: true, room.Mount())),
        ("move", "onto a directory", "mkdir a b; mount -t tmpfs one a; mkdir a/in; mount -t tmpfs two a/in", room => new MoveMountAction(room.Mount("a"), room.At("b"), room.Mount())),
        ("move", "into a place", "mkdir a keep; mount --bind keep keep; mount --make-private keep; mount -t tmpfs one a", room => new MoveMountAction(room.Mount("a"), room.At("keep/x"))),
        ("makePrivate", "", "mkdir m; mount -t tmpfs one m; mount --make-shared m", room => new MakePrivateAction(room.Mount("m"))),
        ("makePlace", "", ":", room => new MakePlaceAction(room.At("keep/aside/1"))),
        ("removePlace", "", "mkdir -p keep/1/x keep/1/y; mount --bind keep/1 keep/1; mount --make-private keep/1", room => new RemovePlaceAction(room.At("keep/1"))),
        ("replaceEntry", "file by file", Entries, room => Replace(room, "overlay2/a/link", File("old"), File("new\0 '%s\n"))),
        ("replaceEntry", "file by link", Entries, room => Replace(room, "overlay2/a/link", File("old"), EntryState.Link(BytePath.FromText("-n it's\n")))),
        ("replaceEntry", "file by nothing", Entries, room => Replace(room, "overlay2/a/link", File("old"), EntryState.Missing)),
        ("replaceEntry", "nothing by file", Entries, room => Replace(room, "overlay2/a/lower", EntryState.Missing, File("-l/A"))),
        ("replaceEntry", "nothing by file like another", Entries, room => Replace(room, "overlay2/a/lower", EntryState.Missing, File("")) with { Like = room.Place("overlay2/a/link") }),
        ("replaceEntry", "nothing by link", Entries, room => Replace(room, "overlay2/l/NEW", EntryState.Missing, EntryState.Link(BytePath.FromText("../a/diff")))),
        ("replaceEntry", "nothing by directory", Entries, room => Replace(room, "overlay2/a/work", EntryState.Missing, EntryState.Directory)),
        ("replaceEntry", "nothing by directory like another", Entries, room => Replace(room, "overlay2/a/work", EntryState.Missing, EntryState.Directory) with { Like = room.Place("overlay2/a/diff") }),
        ("replaceEntry", "link by link", Entries, room => Replace(room, "overlay2/l/OLD", EntryState.Link(BytePath.FromText("../old/diff")), EntryState.Link(BytePath.FromText("../a/diff")))),
        ("replaceEntry", "link by file", Entries, room => Replace(room, "overlay2/l/OLD", EntryState.Link(BytePath.FromText("../old/diff")), File("x"))),
        ("replaceEntry", "link by nothing", Entries, room => Replace(room, "overlay2/l/OLD", EntryState.Link(BytePath.FromText("../old/diff")), EntryState.Missing)),
        ("replaceEntry", "directory by nothing", Entries, room => Replace(room, "overlay2/empty", EntryState.Directory, EntryState.Missing)),
        ("moveEntry", "", Entries, room => Move(room) with { Synchronize = true }),
        ("setAttribute", "set", Entries, room => new SetAttributeAction(room.Place("overlay2/a/link"), EntryAttribute.Immutable, IsSet: true)),
        ("setAttribute", "cleared", $"{Entries}; chattr +ai overlay2/a", room => new SetAttributeAction(room.Place("overlay2/a"), EntryAttribute.AppendOnly, IsSet: false)),
        ("purge", "directory", $"{Entries}; mv overlay2/a overlay2-quarantine/a; mkdir out; echo kept > out/f; ln -s ../../out overlay2-quarantine/a/out", room => Purge(room, "overlay2-quarantine/a")),
        ("purge", "link", $"{Entries}; ln -s ../overlay2 overlay2-quarantine/a", room => Purge(room, "overlay2-quarantine/a")),
        ("replaceConfiguration", "lines", Configuration, _ => new ReplaceConfigurationAction(s_json) { Original = ByteString.FromText(Lines), Content = ByteString.FromText("{\n \"data-root\": \"/var/lib/it's\",\n\n \"debug\": true}") }),
        ("replaceConfiguration", "new", "mkdir /etc/docker", _ => new ReplaceConfigurationAction(s_json) { Content = ByteString.FromText("{}") }),
        ("replaceConfiguration", "gone", Configuration, _ => new ReplaceConfigurationAction(s_json) { Original = ByteString.FromText(Lines) }),
        ("setModuleParameter", "", "mount -t tmpfs parameters /sys/module/overlay/parameters; printf Y > /sys/module/overlay/parameters/metacopy", _ => new SetModuleParameterAction("metacopy", "Y", "N")),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-script-").FullName;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach ((string kind, string name, _, _) in s_cases)
            {
                foreach (string shell in ScriptRoom.Shells)
                    data.Add(kind, name, shell);
            }

            return data;
        }
    }

    public void Dispose() => ToolRun.Of("rm", ["-rf", "--one-file-system", _directory]);

    [Fact]
    public void Every_kind_of_action_has_a_case_or_a_reason() =>
        Assert.Equal(
            typeof(RepairAction).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(line => (string)line.TypeDiscriminator!).Order(StringComparer.Ordinal),
            s_cases.Select(example => example.Kind).Distinct(StringComparer.Ordinal).Concat(s_reasons.Keys).Order(StringComparer.Ordinal));

    /// <summary>In plans a script ends there, and says why.</summary>
    [Fact]
    public void What_a_script_does_not_do_it_says()
    {
        var mount = new MountFingerprint { Major = 1, Minor = 2, Root = BytePath.Root, MountPoint = BytePath.Root, FileSystemType = ByteString.FromText("x") };
        RepairAction[] actions = [new JoinPeersAction(mount), new ContainerAction(ByteString.FromText("c"), Start: true), new RestartEngineAction()];

        Assert.Equal(s_reasons, actions.ToDictionary(KindNames.Of, action => action.ToScript().WhyNot, StringComparer.Ordinal));
        Assert.Equal("a script stays in its own mount namespace", (new UnmountAction(mount) { NamespaceId = 4 }).ToScript().WhyNot);
        Assert.Equal("the file holds secrets, which no plan holds and a script could only destroy", (new ReplaceConfigurationAction(s_json) { Content = ByteString.FromText("REDACTED") }).ToScript().WhyNot);
        Assert.Equal("the file holds secrets, which no plan holds", new ConfigurationPredicate(s_json) { Content = ByteString.FromText("REDACTED") }.ToScript().WhyNot);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_script_leaves_what_the_executor_leaves(string kind, string name, string shell)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        (_, _, string setup, Func<ScriptRoom, RepairAction> make) = s_cases.First(example => example.Kind == kind && example.Name == name);
        using var executed = new ScriptRoom(_directory, setup, shell);
        using var scripted = new ScriptRoom(_directory, setup, shell);

        // The programs of busybox know no extended attributes; RepairPlan.ToShellScript says so.
        bool hasXattrs = !shell.StartsWith("busybox", StringComparison.Ordinal);
        try
        {
            string[] before = executed.Listing(hasXattrs);
            Assert.Equal(before, scripted.Listing(hasXattrs));

            RepairAction action = make(executed);
            Assert.Equal(kind, KindNames.Of(action));
            HostResult result = action.Run(kind is "replaceConfiguration" or "setModuleParameter" ? executed.Files : executed.Host);
            Assert.True(result.IsDone, result.Error);
            ToolRun run = scripted.Shell($"{PlanScript.Functions}{{ {make(scripted).ToScript().Text}; }} || fail 'step 1 failed'\n", shell);

            if (kind == "purge" && !hasXattrs)
            {
                // The rm(1) of busybox would follow mounts, and takes no word not to: nothing is removed.
                Assert.Equal((1, true), (run.ExitCode, run.Error.EndsWith("step 1 failed\n", StringComparison.Ordinal)));
                Assert.Equal(before, scripted.Listing(hasXattrs));
                return;
            }

            Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output);
            Assert.Equal(executed.Listing(hasXattrs), scripted.Listing(hasXattrs));
            if (kind == "setModuleParameter")
                Assert.Equal(("N", "N"), (executed.Shell("cat /sys/module/overlay/parameters/metacopy").Output, scripted.Shell("cat /sys/module/overlay/parameters/metacopy").Output));
            else
                Assert.NotEqual(before, executed.Listing(hasXattrs));
        }
        finally
        {
            if (kind == "mount")
            {
                foreach (ScriptRoom room in (ScriptRoom[])[executed, scripted])
                    room.Shell($"cd {ShellScript.Quote(room.D.Bytes)}; umount m; losetup -d \"$(cat overlay2-img-device)\"");
            }
        }
    }

    /// <summary>Where the new place is on another file system an executor refuses, and mv(1) would copy.</summary>
    [Fact]
    public void Nothing_is_moved_to_another_file_system()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        using var room = new ScriptRoom(_directory, $"{Entries}; mount -t tmpfs other overlay2-quarantine");
        string[] before = room.Listing(hasXattrs: true);

        Assert.Contains("EXDEV", Move(room).Run(room.Host).Error, StringComparison.Ordinal);
        Assert.NotEqual(0, room.Shell($"{PlanScript.Functions}{{ {Move(room).ToScript().Text}; }} || fail 'step 1 failed'\n").ExitCode);

        Assert.Equal(before, room.Listing(hasXattrs: true));
    }

    private static EntryState File(string content) => EntryState.File(ByteString.FromText(content));

    private static ReplaceEntryAction Replace(ScriptRoom room, string path, EntryState from, EntryState to) => new(room.Place(path), from, to);

    private static MoveEntryAction Move(ScriptRoom room) => new(room.Place("overlay2/a"), room.Place("overlay2-quarantine/a"), room.Host.Entries.IdentifyEntry(room.Place("overlay2/a")));

    private static PurgeAction Purge(ScriptRoom room, string path) => new(room.Place(path), room.Host.Entries.IdentifyEntry(room.Place(path)));

    private static BytePath Device(ScriptRoom room) => BytePath.FromText(room.Shell($"cat {ShellScript.Quote(room.At("overlay2-img-device").Bytes)}").Output.Trim());
}
