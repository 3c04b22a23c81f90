using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Plans for faults in mounts, run on a copied machine.</summary>
public sealed class MountRepairTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-journal").FullName;

    public static TheoryData<string> Faults => ["self-bind", "foreign", "foreign-tmpfs", "two-covers", "child-shared", "child-private", "stacked"];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_fault_is_gone_and_every_other_mount_is_left(string fault)
    {
        StorageSnapshot snapshot = Sample(fault);
        var host = new MemoryHost(snapshot);
        RepairPlan plan = RepairSamples.Plan(snapshot);
        Assert.NotEmpty(plan.Steps);
        Assert.Empty(plan.Refusals);

        RepairOutcome outcome = await new RepairExecutor(host).ApplyAsync(plan, Journal, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        MountTable after = host.Mounts.LoadMounts(0);
        Assert.All(after.Entries.Where(mount => mount.IsOverlay), mount => Assert.Equal(MountVisibilityStatus.Visible, after.GetVisibility(mount).Status));
        Assert.Equal(fault is "child-shared" or "child-private" or "self-bind" or "foreign" or "foreign-tmpfs" or "two-covers" ? 2 : 1, after.Entries.Count(mount => mount.IsOverlay));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Rolling_back_gives_the_mounts_before(string fault)
    {
        StorageSnapshot snapshot = Sample(fault);
        var host = new MemoryHost(snapshot);
        string[] before = [.. RepairSamples.Listing(host.Mounts.LoadMounts(0))];
        var executor = new RepairExecutor(host);
        await executor.ApplyAsync(RepairSamples.Plan(snapshot), Journal, cancellationToken: TestContext.Current.CancellationToken);

        RepairOutcome outcome = await executor.RollbackAsync(Journal, cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(outcome.Status == RepairOutcomeStatus.RolledBack, outcome.Reason);
        Assert.Equal(before, RepairSamples.Listing(host.Mounts.LoadMounts(0)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_run_that_dies_anywhere_can_be_resumed_and_can_be_rolled_back(string fault)
    {
        StorageSnapshot snapshot = Sample(fault);
        RepairPlan plan = RepairSamples.Plan(snapshot);
        string[] before = [.. RepairSamples.Listing(new MemoryHost(snapshot).Mounts.LoadMounts(0))];
        for (int end = 0; end < plan.Steps.Length * 4; end++)
        {
            foreach (bool resumes in new[] { true, false })
            {
                var host = new MemoryHost(snapshot);
                var journal = BytePath.FromText($"{_directory}/{end}-{resumes}");
                int left = end;
                var dying = new RepairExecutor(host) { Checkpoint = _ => { if (left-- == 0) throw new InvalidOperationException("killed"); } };
                await Assert.ThrowsAsync<InvalidOperationException>(() => dying.ApplyAsync(plan, journal, cancellationToken: TestContext.Current.CancellationToken));

                var executor = new RepairExecutor(host);
                if (resumes)
                {
                    RepairOutcome resumed = await executor.ResumeAsync(journal, cancellationToken: TestContext.Current.CancellationToken);
                    Assert.True(resumed.Status == RepairOutcomeStatus.Succeeded, $"{end}: {resumed.Reason}");
                    continue;
                }

                RepairOutcome back = await executor.RollbackAsync(journal, cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(back.Status == RepairOutcomeStatus.RolledBack, $"{end}: {back.Reason}");
                Assert.Equal(before, RepairSamples.Listing(host.Mounts.LoadMounts(0)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Applying_again_is_refused(string fault)
    {
        StorageSnapshot snapshot = Sample(fault);
        var executor = new RepairExecutor(new MemoryHost(snapshot));
        RepairPlan plan = RepairSamples.Plan(snapshot);
        await executor.ApplyAsync(plan, Journal, cancellationToken: TestContext.Current.CancellationToken);

        RepairOutcome again = await executor.ApplyAsync(plan, BytePath.FromText($"{_directory}/again"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((RepairOutcomeStatus.Refused, 4), (again.Status, again.ExitCode));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_dry_run_tells_the_end_and_changes_nothing(string fault)
    {
        StorageSnapshot snapshot = Sample(fault);
        var host = new MemoryHost(snapshot);
        string[] before = [.. RepairSamples.Listing(host.Mounts.LoadMounts(0))];

        RepairOutcome outcome = await new RepairExecutor(host).DryRunAsync(RepairSamples.Plan(snapshot), TestContext.Current.CancellationToken);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(before, RepairSamples.Listing(host.Mounts.LoadMounts(0)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_plan_comes_back_from_JSON_and_no_change_goes_unseen(string fault)
    {
        RepairPlan plan = RepairSamples.Plan(Sample(fault));
        byte[] json = plan.ToJson();
        Assert.Equal(json, RepairPlan.Parse(json).ToJson());

        string text = System.Text.Encoding.UTF8.GetString(json);
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(System.Text.Encoding.UTF8.GetBytes(text.Replace("/var/lib/docker", "/var/lib/dockes", StringComparison.Ordinal))));
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(json.AsSpan(0, json.Length / 2)));
    }

    [Fact]
    public async Task Another_boot_or_host_is_refused()
    {
        StorageSnapshot snapshot = Sample("self-bind");
        RepairPlan plan = RepairSamples.Plan(snapshot);
        RepairOutcome boot = await new RepairExecutor(new MemoryHost(snapshot with { BootId = SnapshotPart.Known("other") })).ApplyAsync(plan, Journal, cancellationToken: TestContext.Current.CancellationToken);
        RepairOutcome host = await new RepairExecutor(new MemoryHost(snapshot with { HostId = SnapshotPart.Known("other") })).ApplyAsync(plan, Journal, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((RepairOutcomeStatus.Refused, RepairOutcomeStatus.Refused), (boot.Status, host.Status));
        Assert.Contains("booted", boot.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_nobody_would_make_is_refused_whoever_wrote_it()
    {
        StorageSnapshot snapshot = Sample("self-bind");
        RepairPlan plan = RepairSamples.Plan(snapshot);
        var victim = MountFingerprint.Of(snapshot.Mounts.Value.Entries[1]);
        RepairPlan evil = RepairPlan.Parse((plan with { Steps = [plan.Steps[0] with { Action = new UnmountAction(victim) }] }).ToJson());
        var host = new MemoryHost(snapshot);

        RepairOutcome outcome = await new RepairExecutor(host).ApplyAsync(evil, Journal, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(RepairOutcomeStatus.Refused, outcome.Status);
        Assert.Equal(4, host.Mounts.LoadMounts(0).Entries.Length);
    }

    [Fact]
    public async Task What_an_earlier_plan_keeps_stays()
    {
        var host = new MemoryHost(Sample("foreign-tmpfs"));
        var executor = new RepairExecutor(host);
        RepairPlan first = RepairSamples.Plan(await host.CaptureAsync(TestContext.Current.CancellationToken));
        await executor.ApplyAsync(first, Journal, cancellationToken: TestContext.Current.CancellationToken);
        BytePath kept = Assert.IsType<MakePlaceAction>(first.Steps[0].Action).Place;
        MountFingerprint On(BytePath path) => MountFingerprint.Of(host.Mounts.LoadMounts(0).Resolve(path)!);
        BytePath home = BytePath.FromText(MadeUpHost.Home);
        Assert.True(host.Mounts.Bind(kept, On(kept), home, On(home), isPrivate: false).IsDone);

        RepairPlan second = RepairSamples.Plan(await host.CaptureAsync(TestContext.Current.CancellationToken));
        RepairOutcome outcome = await executor.ApplyAsync(second, BytePath.FromText($"{_directory}/second"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.False(host.Mounts.LoadMounts(0).GetByMountPoint(kept).IsEmpty);
    }

    [Theory]
    [InlineData("\"steps\": [", "\"steps\": [ null,")]
    [InlineData("\"goals\": [", "\"goals\": [ null,")]
    [InlineData("\"preconditions\": [", "\"preconditions\": [ null,")]
    [InlineData("\"undo\": [", "\"undo\": [ null,")]
    [InlineData("\"policy\": {", "\"policies\": {")]
    [InlineData("\"maxRisk\": \"R2\"", "\"maxRisk\": \"R0\"")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2")]
    public void A_hostile_plan_is_a_typed_error(string what, string by)
    {
        string json = System.Text.Encoding.UTF8.GetString(RepairSamples.Plan(Sample("self-bind")).ToJson());
        Assert.Contains(what, json, StringComparison.Ordinal);

        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(System.Text.Encoding.UTF8.GetBytes(json.Replace(what, by, StringComparison.Ordinal))));
        Assert.Throws<RepairPlanException>(() => RepairPlan.Parse(System.Text.Encoding.UTF8.GetBytes(json + "x")));
    }

    [Fact]
    public void Only_the_covers_are_unmounted_the_last_one_first()
    {
        RepairPlan plan = RepairSamples.Plan(Sample("two-covers"));

        Assert.Equal([51, 50], plan.Steps.Select(step => Assert.IsType<UnmountAction>(step.Action).Mount.MountId));
        Assert.Equal(RepairRisk.R1, plan.Risk);
        Assert.Contains(plan.Alternatives, course => course.Risk == RepairRisk.R3 && course.WhyNot.Contains("healthy", StringComparison.Ordinal));
    }

    private BytePath Journal => BytePath.FromText($"{_directory}/journal");

    private static StorageSnapshot Sample(string fault) => fault switch
    {
        "self-bind" => RepairSamples.SelfBind,
        "foreign" => RepairSamples.Foreign,
        "foreign-tmpfs" => RepairSamples.ForeignTmpfs,
        "two-covers" => RepairSamples.TwoCovers,
        "child-shared" => RepairSamples.CoverWithChild(isShared: true),
        "child-private" => RepairSamples.CoverWithChild(isShared: false),
        _ => RepairSamples.Stacked,
    };
}
