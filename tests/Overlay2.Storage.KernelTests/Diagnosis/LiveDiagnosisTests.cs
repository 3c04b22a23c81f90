using System.Security.Cryptography;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>A real engine whose storage is damaged in one way after the other, and mended: each fault gives its finding and no other.</summary>
/// <remarks>Each test leaves the engine as it found it. A diagnosis changes neither the store nor the mounts.</remarks>
[Collection(EngineCollection.Name)]
public sealed class LiveDiagnosisTests(SharedEngine shared)
{
    private const string Image = "o2-diagnosis:1";
    private const string Home = "/var/lib/docker/overlay2";
    private const string ShortName = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private DamagedStore Store
    {
        get
        {
            LiveEngine engine = shared.Engine;
            if (engine.TryDocker("image", "inspect", Image).ExitCode != 0)
            {
                engine.MakeImage("o2-diagnosis-base:1", root => File.WriteAllText($"{root}/one", "1"));
                engine.Build(Image, "FROM o2-diagnosis-base:1\nRUN echo 2 > /two\nRUN echo 3 > /three\n");
            }

            return new DamagedStore(engine);
        }
    }

    [Fact]
    public async Task Containers_in_any_state_are_healthy()
    {
        DamagedStore store = Store;
        store.Ensure("o2-running", isRunning: true);
        store.Ensure("o2-stopped", isRunning: false);
        string paused = store.Run();
        string created = store.Engine.Docker("create", "--network", "none", Image, "/bin/true");
        store.Engine.TryDocker("pause", paused);
        string restarting = "";
        try
        {
            Assert.Empty(await store.Diagnose());
            Assert.Equal(DiagnosisStatus.Healthy, (await store.Report(allNamespaces: true)).Status);

            // The engine mounts and unmounts the root file system of this one as it likes.
            restarting = store.Engine.Docker("run", "-d", "--network", "none", "--restart", "always", Image, "/bin/false");
            for (int i = 0; i < 5; i++)
                Assert.Empty(DamagedStore.Ids(await store.Report()));
        }
        finally
        {
            store.Engine.TryDocker("unpause", paused);
            store.Remove([paused, created, .. restarting.Length > 0 ? new[] { restarting } : []]);
        }
    }

    [Fact]
    public async Task A_bind_of_the_driver_home_on_itself() =>
        await Check(["OVL0001"], store => store.Enter($"mount --bind {Home} {Home}"), store => store.Enter($"umount {Home}"), mayAlso: ["OVL0007"]);

    [Fact]
    public async Task Another_file_system_over_the_driver_home() =>
        await Check(["OVL0002"], store => store.Enter($"mount -t tmpfs cover {Home}"), store => store.Enter($"umount {Home}"), mayAlso: ["OVL0007"]);

    [Fact]
    public async Task Two_covers_one_above_the_other() => await Check(
        ["OVL0002"],
        store => store.Enter($"mount -t tmpfs cover {Home} && mount --bind {Home} {Home}"),
        store => store.Enter($"umount {Home} && umount {Home}"),
        mayAlso: ["OVL0001", "OVL0004", "OVL0007"]);

    [Fact]
    public async Task A_missing_short_link() => await Check(
        ["OVL0102"],
        store => store.Shell("mv \"$1/l/$(cat \"$1/$2/link\")\" \"$1/../gone\"", store.TopImageLayer),
        store => store.Shell("mv \"$1/../gone\" \"$1/l/$(cat \"$1/$2/link\")\"", store.TopImageLayer));

    [Fact]
    public async Task An_empty_link_file() => await Check(
        ["OVL0101"],
        store => store.Shell("cp -a \"$1/$2/link\" \"$1/../gone\"; : > \"$1/$2/link\"", store.TopImageLayer),
        store => store.Shell("mv \"$1/../gone\" \"$1/$2/link\"", store.TopImageLayer));

    [Fact]
    public async Task An_empty_lower_file() => await Check(
        ["OVL0103"],
        store => store.Shell("cp -a \"$1/$2/lower\" \"$1/../gone\"; : > \"$1/$2/lower\"", store.TopImageLayer),
        store => store.Shell("mv \"$1/../gone\" \"$1/$2/lower\"", store.TopImageLayer));

    [Fact]
    public async Task A_missing_layer() => await Check(
        ["OVL0106"],
        store => store.Shell("mv \"$1/$2\" \"$1/../gone\"", store.TopImageLayer),
        store => store.Shell("mv \"$1/../gone\" \"$1/$2\"", store.TopImageLayer));

    [Fact]
    public async Task An_old_orphan_is_found_and_a_young_one_is_not()
    {
        // Ids that no other test has: a mount of another one by a relative path may be of this store as far as anybody can tell.
        string old = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        string young = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        const string Make = "mkdir -p \"$1/$2/diff\" \"$1/$2/work\"; printf %s \"$3\" > \"$1/$2/link\"; ln -s \"../$2/diff\" \"$1/l/$3\"";
        const string Drop = "rm -r \"$1/$2\" \"$1/l/$3\"";
        await Check([], store => store.Shell(Make, young, ShortName), store => store.Shell(Drop, young, ShortName));
        await Check(["OVL0107"], store => store.Shell(Make + "; touch -d '3 days ago' \"$1/$2\"", old, ShortName), store => store.Shell(Drop, old, ShortName));
    }

    [Fact]
    public async Task A_volatile_marker() => await Check(
        ["OVL0209"],
        store => store.Shell("mkdir -p \"$1/$2/work/work/incompat/volatile\"", store.StoppedLayer),
        store => store.Shell("rm -r \"$1/$2/work/work/incompat\"", store.StoppedLayer));

    [Fact]
    public async Task A_work_directory_that_the_kernel_does_not_clear() => await Check(
        ["OVL0011"],
        store => store.Shell("mkdir -p \"$1/$2/work/work/a/b/c/d\"", store.StoppedLayer),
        store => store.Shell("rm -r \"$1/$2/work/work/a\"", store.StoppedLayer));

    [Fact]
    public async Task A_mount_that_only_another_namespace_still_has()
    {
        const string Command = """
            cd "$1" && mkdir -p "$2/merged" && mount -t overlay overlay -o "lowerdir=$(cat "$2/lower"),upperdir=$2/diff,workdir=$2/work" "$2/merged" && exec sleep 600
            """;
        HeldNamespace? held = null;
        try
        {
            await Check(
                ["OVL0005"],
                store => held = HeldNamespace.Start(store.Engine.ProcessId, Command, Home, store.StoppedLayer),
                store =>
                {
                    held?.Dispose();
                    store.Shell("rmdir \"$1/$2/merged\"", store.StoppedLayer);
                },
                allNamespaces: true);
        }
        finally
        {
            held?.Dispose();
        }
    }

    [Fact]
    public async Task A_running_container_without_its_root_file_system()
    {
        DamagedStore store = Store;
        string container = store.Run();
        try
        {
            store.Enter($"umount {Home}/{store.LayerOf(container)}/merged");
            Assert.Equal(["OVL0007"], await store.Diagnose());
        }
        finally
        {
            store.Remove(container);
        }
    }

    [Fact]
    public async Task A_dangling_link_that_nobody_uses_is_information() => await Check(
        [],
        store => store.Shell("ln -s \"../$2/diff\" \"$1/l/$3\"", new string('c', 64), ShortName),
        store => store.Shell("rm \"$1/l/$3\"", new string('c', 64), ShortName));

    [Fact]
    public async Task A_loaded_snapshot_gives_the_same_report_as_the_live_host()
    {
        DamagedStore store = Store;
        string container = store.Run();
        store.Enter($"mount --bind {Home} {Home}");
        try
        {
            StorageSnapshot live = await store.Capture(allNamespaces: true);
            using var file = new MemoryStream();
            live.Save(file, compress: true);
            file.Position = 0;

            DiagnosisReport before = new StorageDiagnoser().Diagnose(live, cancellationToken: TestContext.Current.CancellationToken);
            DiagnosisReport after = new StorageDiagnoser().Diagnose(StorageSnapshot.Load(file), cancellationToken: TestContext.Current.CancellationToken);
            DiagnosisReport redacted = new StorageDiagnoser().Diagnose(live.Redact(), cancellationToken: TestContext.Current.CancellationToken);

            Assert.Contains(before.Findings, finding => finding.Id == "OVL0001");
            Assert.Equal(before.Findings.Select(finding => finding.ToString()), after.Findings.Select(finding => finding.ToString()));
            Assert.Equal(before.Status, after.Status);
            Assert.Equal(before.Findings.Select(finding => (finding.Id, finding.Severity)).Order(), redacted.Findings.Select(finding => (finding.Id, finding.Severity)).Order());
        }
        finally
        {
            store.Enter($"umount {Home}");
            store.Remove(container);
        }
    }

    /// <summary>With a running and a stopped container: damaged the expected findings, and mended none.</summary>
    private async Task Check(string[] expected, Action<DamagedStore> damage, Action<DamagedStore> mend, string[]? mayAlso = null, bool allNamespaces = false)
    {
        DamagedStore store = Store;
        store.StoppedLayer = store.LayerOf(store.Ensure("o2-stopped", isRunning: false));
        store.TopImageLayer = store.TopImageLayerOf(store.Ensure("o2-running", isRunning: true));
        damage(store);
        string[] found;
        try
        {
            found = await store.Diagnose(allNamespaces);
        }
        finally
        {
            mend(store);
        }

        Assert.Equal(expected, found.Except(mayAlso ?? []).Order(StringComparer.Ordinal));
        Assert.Empty(await store.Diagnose());
    }
}
