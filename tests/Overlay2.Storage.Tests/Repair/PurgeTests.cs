using System.Collections.Immutable;
using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>What was set aside is removed for good only where it is named, time has passed and the store is whole without it.</summary>
public sealed class PurgeTests : IDisposable
{
    private static readonly RepairPolicy s_policy = new() { Only = ImmutableSortedSet.Create(StringComparer.Ordinal, "OVL0116"), MaxRisk = RepairRisk.R4 };

    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Quarantine => $"{_store.Root}/overlay2-quarantine";

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Unnamed_nothing_is_said_about_it()
    {
        Fill("a", "b");
        DiagnosisReport report = await _store.Diagnose();
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { MaxRisk = RepairRisk.R5 }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(report.Findings, finding => finding.Id == "OVL0116");
        Assert.DoesNotContain(plan.Goals, goal => goal.FindingId == "OVL0116");
        Assert.DoesNotContain(plan.Refusals, refusal => refusal.FindingId == "OVL0116");
        Assert.DoesNotContain(plan.Steps, step => step.Action is PurgeAction);
    }

    [Fact]
    public async Task Named_it_goes_as_foretold_and_nothing_else_does()
    {
        string[] whole = _store.Listing();
        Fill("a", "b");
        File.CreateSymbolicLink($"{Quarantine}/link", "../overlay2");
        File.WriteAllText($"{Quarantine}/file", "x");
        File.CreateSymbolicLink($"{Quarantine}/a/diff/out", $"{_store.Root}/overlay2");
        Age(8);
        string[] before = _store.Listing();

        RepairPlan plan = await _store.Plan(s_policy);

        Assert.Empty(plan.Refusals);
        Assert.Equal(["a", "b", "file", "link"], plan.Steps.Select(step => ((PurgeAction)step.Action).Place.Path.FileName.ToString()));
        Assert.All(plan.Steps, step => Assert.Equal((RepairRisk.R4, RepairReversibility.Irreversible), (step.Risk, step.Reversibility)));
        Assert.All(plan.Steps, step => Assert.Contains("what is in it is gone", step.Effect, StringComparison.Ordinal));
        Assert.Equal(plan.ToJson(), RepairPlan.Parse(plan.ToJson()).ToJson());
        var executor = new RepairExecutor(_store.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, Token);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.Equal(before, _store.Listing());

        BytePath journal = _store.NextJournal();
        RepairOutcome outcome = await executor.ApplyAsync(plan, journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(whole, _store.Listing().Where(line => !line.StartsWith("overlay2-quarantine", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFileSystemEntries(Quarantine));
        Assert.DoesNotContain(outcome.Report!.Findings, finding => finding.Id == "OVL0116");
        RepairOutcome back = await executor.RollbackAsync(journal, cancellationToken: Token);
        Assert.Equal(RepairOutcomeStatus.Refused, back.Status);
        Assert.Contains("what it removed is gone", back.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("risk", "risk R4")]
    [InlineData("young", "less than 7 days ago")]
    [InlineData("future", "less than 7 days ago")]
    [InlineData("longer grace", "less than 30 days ago")]
    [InlineData("others named", "name OVL0116 alone")]
    [InlineData("ill store", "may be needed to mend it")]
    [InlineData("unread store", "not everything of the store can be read")]
    public async Task What_stands_in_the_way_is_said(string obstacle, string expected)
    {
        Fill("a");
        Age(obstacle switch { "young" => 6, "future" => -9, _ => 8 });
        if (obstacle == "ill store")
            Directory.Delete(Directory.GetDirectories($"{_store.Root}/overlay2").First(layer => File.Exists($"{layer}/committed")), recursive: true);
        else if (obstacle == "unread store")
            File.WriteAllText($"{Directory.GetDirectories($"{_store.Root}/containers").First()}/config.v2.json", "{");
        RepairPolicy policy = obstacle switch
        {
            "risk" => s_policy with { MaxRisk = RepairRisk.R3 },
            "longer grace" => s_policy with { QuarantineGrace = TimeSpan.FromDays(30) },
            "others named" => s_policy with { Only = s_policy.Only.Add("OVL0107") },
            _ => s_policy,
        };

        RepairPlan plan = await _store.Plan(policy);

        Assert.Empty(plan.Steps);
        Assert.Contains(expected, Assert.Single(plan.Refusals, refusal => refusal.FindingId == "OVL0116").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_times_or_inodes_nothing_is_planned()
    {
        Fill("a");
        StorageSnapshot snapshot = (await _store.Diagnose()).Snapshot;
        var store = (DockerClassicStore)snapshot.Stores.Value.Single();
        Refused(snapshot with { Time = SnapshotPart.NotTaken<DateTimeOffset>() }, "is not known");
        Refused(With(store.Quarantine with { ModifiedAt = null }), "is not known");
        Refused(With(store.Quarantine with { Entries = [store.Quarantine.Entries[0] with { Inode = null }] }), "cannot be known again");

        static void Refused(StorageSnapshot snapshot, string expected)
        {
            RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(snapshot, cancellationToken: Token), s_policy);
            Assert.Empty(plan.Steps);
            Assert.Contains(expected, Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
        }

        StorageSnapshot With(StoreQuarantine quarantine) => snapshot with
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(new DockerClassicStore { DataRoot = store.DataRoot, Home = store.Home, Quarantine = quarantine })),
        };
    }

    [Fact]
    public void A_store_inside_of_another_has_its_own_quarantine()
    {
        const string Root = "/var/lib/docker/containerd/daemon";
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var docker = new DockerClassicStore { DataRoot = Path("/var/lib/docker"), Home = new DriverHomeStatus { Type = StoreEntryType.Directory } };
        var containerd = new ContainerdSnapshotStore
        {
            DataRoot = Path(Root),
            DriverHome = Path($"{Root}/io.containerd.snapshotter.v1.overlayfs"),
            StateDirectory = Path("/run/containerd"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            Quarantine = new StoreQuarantine
            {
                Type = StoreEntryType.Directory,
                ModifiedAt = now.AddDays(-8),
                Entries = [new QuarantinedEntry(ByteString.FromText("7"), StoreEntryType.Directory) { Inode = 7, ModifiedAt = now.AddDays(-20) }],
            },
        };
        StorageSnapshot snapshot = MadeUpHost.Of(MadeUpHost.Root) with { Time = SnapshotPart.Known(now), Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(docker, containerd)) };

        RepairPlan plan = RepairSamples.Plan(snapshot, s_policy);

        Assert.Equal($"{Root}/io.containerd.snapshotter.v1.overlayfs-quarantine/7", ((PurgeAction)Assert.Single(plan.Steps).Action).Place.ToString());
        _ = RepairPlan.Parse(plan.ToJson());

        RepairPlan elsewhere = RepairSamples.Plan(snapshot with
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(new ContainerdSnapshotStore
            {
                DataRoot = Path(Root), DriverHome = Path("/srv/snapshots"), StateDirectory = containerd.StateDirectory, Home = containerd.Home, Quarantine = containerd.Quarantine,
            })),
        }, s_policy);
        Assert.Contains("not at its usual place", Assert.Single(elsewhere.Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grace_of_nothing_is_the_callers_choice()
    {
        Fill("a");
        Age(0);

        Assert.Single((await _store.Plan(s_policy with { QuarantineGrace = TimeSpan.Zero })).Steps);
    }

    [Theory]
    [InlineData("another in its place")]
    [InlineData("changed")]
    [InlineData("a link in its place")]
    [InlineData("the quarantine a link")]
    public async Task What_is_not_the_one_meant_stays(string change)
    {
        Fill("a");
        RepairPlan plan = await _store.Plan(s_policy);
        string kept = $"{Quarantine}/a/diff/file";
        Directory.CreateDirectory($"{_store.Root}/elsewhere");
        if (change == "changed")
        {
            File.WriteAllText($"{Quarantine}/a/new", "");
        }
        else if (change == "the quarantine a link")
        {
            Directory.Move(Quarantine, $"{_store.Root}/elsewhere/q");
            Directory.CreateSymbolicLink(Quarantine, $"{_store.Root}/elsewhere/q");
        }
        else
        {
            Directory.Move($"{Quarantine}/a", $"{_store.Root}/elsewhere/a");
            if (change == "a link in its place")
                Directory.CreateSymbolicLink($"{Quarantine}/a", $"{_store.Root}/elsewhere/a");
            else
                Fill("a");
        }

        foreach (RepairStep step in plan.Steps)
            Assert.False(_store.Host.Entries.PurgeEntry(((PurgeAction)step.Action).Place, ((PurgeAction)step.Action).Identity).IsDone);

        Assert.True(File.Exists(kept));
        Assert.NotEqual(RepairOutcomeStatus.Succeeded, (await new RepairExecutor(_store.Host).ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token)).Status);
        Assert.True(File.Exists(kept));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public async Task A_run_that_ended_half_way_goes_on(int removals)
    {
        Fill("a", "b");
        for (int i = 0; i < 8; i++)
            File.WriteAllText($"{Quarantine}/a/{i}", "");
        Age(8);
        RepairPlan plan = await _store.Plan(s_policy);
        BytePath journal = _store.NextJournal();
        int left = removals;
        LinuxHost host = _store.HostThat(_ =>
        {
            if (left-- == 0)
                throw new InvalidOperationException("stopped");
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => new RepairExecutor(host).ApplyAsync(plan, journal, cancellationToken: Token));
        RepairOutcome back = await new RepairExecutor(_store.Host).RollbackAsync(journal, cancellationToken: Token);
        Assert.Equal(RepairOutcomeStatus.Refused, back.Status);
        RepairOutcome outcome = await new RepairExecutor(_store.Host).ResumeAsync(journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(Directory.GetFileSystemEntries(Quarantine));
    }

    [Fact]
    public async Task A_resumed_step_still_wants_the_entry_that_was_meant()
    {
        Fill("a");
        RepairPlan plan = await _store.Plan(s_policy);
        BytePath journal = _store.NextJournal();
        LinuxHost host = _store.HostThat(_ => throw new InvalidOperationException("stopped"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new RepairExecutor(host).ApplyAsync(plan, journal, cancellationToken: Token));
        Directory.Move($"{Quarantine}/a", $"{_store.Root}/moved");
        Fill("a");

        RepairOutcome outcome = await new RepairExecutor(_store.Host).ResumeAsync(journal, cancellationToken: Token);

        Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
        Assert.Contains("there is not the entry meant", outcome.Reason, StringComparison.Ordinal);
        Assert.True(File.Exists($"{Quarantine}/a/diff/file"));
        Assert.True(File.Exists($"{_store.Root}/moved/diff/file"));
    }

    [Fact]
    public async Task A_plan_that_names_another_place_is_none()
    {
        Fill("a");
        RepairPlan plan = await _store.Plan(s_policy);
        string layer = new('a', 64);
        (string Root, string Path)[] places =
        [
            ("/etc", "passwd"), (_store.Root, $"overlay2/{layer}"), (_store.Root, "overlay2-quarantine"), (_store.Root, "overlay2-quarantine/a/diff"), (_store.Root, "overlay2-quarantine/.."),
            (_store.Root, "../overlay2-quarantine"), (_store.Root, "/overlay2-quarantine/a"), (_store.Root, "home-quarantine/a"), (_store.Root, "-quarantine/a"), ("docker", "overlay2-quarantine/a"),
            ($"{_store.Root}/..", "overlay2-quarantine/a"), (_store.Root, "overlay2-quarantine/."), (_store.Root, ""), (_store.Root, "overlay2-quarantine/a\0b"),
        ];

        Assert.All(places, place => IsNone(plan with { Steps = [At(plan.Steps[0], new StorePlace(Path(place.Root), Path(place.Path)))] }));
        _ = RepairPlan.Parse((plan with { Steps = [At(plan.Steps[0], new StorePlace(Path(_store.Root), Path("overlay2-quarantine/other")))] }).ToJson());
    }

    [Fact]
    public async Task A_plan_that_lacks_what_a_purge_has_to_have_is_none()
    {
        Fill("a");
        RepairPlan plan = await _store.Plan(s_policy);
        RepairStep step = plan.Steps[0];
        var purge = (PurgeAction)step.Action;
        var other = new RepairStep
        {
            Title = "", Action = new MakePlaceAction(plan.Policy.KeepDirectory), Preconditions = [], Postconditions = step.Postconditions, Risk = RepairRisk.R1,
        };
        _ = RepairPlan.Parse(plan.ToJson());

        IsNone(plan with { Steps = [step with { Risk = RepairRisk.R1 }] });
        IsNone(plan with { Policy = plan.Policy with { MaxRisk = RepairRisk.R3 } });
        IsNone(plan with { Policy = plan.Policy with { Only = [] } });
        IsNone(plan with { Policy = plan.Policy with { Only = plan.Policy.Only.Add("OVL0107") } });
        IsNone(plan with { Policy = plan.Policy with { QuarantineGrace = TimeSpan.FromSeconds(-1) } });
        IsNone(plan with { Steps = [step, other] });
        IsNone(plan with { Steps = [other with { Undo = [purge] }] });
        IsNone(plan with { Steps = [step with { Undo = [purge] }] });
        IsNone(plan with { Steps = [step with { Preconditions = [] }] });
        IsNone(plan with { Steps = [step with { Preconditions = [.. step.Preconditions.Where(condition => condition is not NoMountBelowPredicate)] }] });
        IsNone(plan with { Steps = [step with { Action = purge with { Identity = purge.Identity with { Inode = null } } }] });
        IsNone(plan with { Steps = [At(step with { Action = purge with { Identity = purge.Identity with { ModifiedAt = null } } }, purge.Place)] });
        IsNone(plan with { Steps = [step with { Action = new PurgeAction(null!, null!) }] });
    }

    [Fact]
    public async Task The_script_removes_it_after_looking()
    {
        // No mount that another test makes meanwhile may have such a name.
        Fill("it's-of-this-script", "b-of-this-script");
        string script = (await _store.Plan(s_policy)).ToShellScript();
        string file = $"{_store.Root}/script.sh";

        Assert.Contains("rm -rf --one-file-system -- ", script, StringComparison.Ordinal);
        File.WriteAllText(file, script);
        Directory.Move($"{Quarantine}/b-of-this-script", $"{_store.Root}/b-of-this-script");
        Fill("b-of-this-script");
        Assert.NotEqual(0, Shell(file).ExitCode);
        Assert.True(File.Exists($"{Quarantine}/b-of-this-script/diff/file"));
        Directory.Delete($"{Quarantine}/b-of-this-script", recursive: true);
        Directory.Move($"{_store.Root}/b-of-this-script", $"{Quarantine}/b-of-this-script");
        Assert.Equal((0, "done\n"), Shell(file));
        Assert.Empty(Directory.GetFileSystemEntries(Quarantine));
    }

    private static (int ExitCode, string Output) Shell(string file)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", file) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static RepairStep At(RepairStep step, StorePlace place)
    {
        PurgeAction action = (PurgeAction)step.Action with { Place = place };
        return step with
        {
            Action = action,
            Preconditions = [new IdentityPredicate(place, action.Identity), new NoMountBelowPredicate(place.FullPath)],
            Postconditions = [new EntryPredicate(place, EntryState.Missing)],
        };
    }

    private static void IsNone(RepairPlan plan) => Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(plan.ToJson()));

    private void Fill(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory($"{Quarantine}/{name}/diff");
            File.WriteAllText($"{Quarantine}/{name}/diff/file", "content");
        }

        Age(8);
    }

    private void Age(int days) => Directory.SetLastWriteTimeUtc(Quarantine, DateTime.UtcNow.AddDays(-days));

    private static BytePath Path(string text) => BytePath.FromText(text);
}
