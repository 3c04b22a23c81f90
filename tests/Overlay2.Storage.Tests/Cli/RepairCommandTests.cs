using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Cli;

public sealed class RepairCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-plan").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_plan_is_shown_and_written_to_a_file_that_is_one()
    {
        ToolRun run = Plan("--out", PlanFile);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Repairs OVL0001", run.Output, StringComparison.Ordinal);
        Assert.Contains("umount", run.Output, StringComparison.Ordinal);
        Assert.Contains("Alternative 1 (R3, by hand)", run.Output, StringComparison.Ordinal);
        RepairPlan plan = RepairPlan.Parse(File.ReadAllBytes(PlanFile));
        Assert.IsType<UnmountAction>(Assert.Single(plan.Steps).Action);
        Assert.Equal(plan.ToJson(), System.Text.Encoding.UTF8.GetBytes(Plan("--json").Output.TrimEnd('\n')));
        Assert.Equal(plan.ToShellScript(), Plan("--script").Output);
        Assert.Equal(plan.ToMarkdown(), Plan("--markdown").Output);
    }

    [Theory]
    [InlineData("--except", "OVL0001")]
    [InlineData("--max-risk", "R0")]
    public void What_the_limits_do_not_allow_is_refused(params string[] limits)
    {
        ToolRun run = Plan([.. limits, "--only", "OVL0001"]);

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("Does not repair OVL0001", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_to_repair_is_no_refusal() => Assert.Equal(0, Plan("--only", "OVL0611").ExitCode);

    [Fact]
    public void A_plan_for_another_host_is_refused_and_changes_nothing()
    {
        Plan("--out", PlanFile);
        string journal = Path.Combine(_directory, "journal");

        ToolRun run = Tool.Run("apply", PlanFile, "--yes", "--journal", journal, "--json");

        Assert.Equal((4, ""), (run.ExitCode, run.Error));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal("Refused", json.RootElement.GetProperty("status").GetString());
        Assert.False(Directory.Exists(journal));
        Assert.Equal(4, Tool.Run("apply", PlanFile, "--dry-run").ExitCode);
    }

    /// <summary>Where no journal is named one would be made in a usual place: a plan that is refused makes none there.</summary>
    [Fact]
    public void A_refused_plan_leaves_no_directory_for_journals_behind()
    {
        const string Usual = "/var/lib/overlay2-storage";
        Assert.SkipWhen(Directory.Exists(Usual), $"{Usual} is there.");
        Plan("--out", PlanFile);

        Assert.Equal(4, Tool.Run("apply", PlanFile, "--yes").ExitCode);

        Assert.False(Directory.Exists(Usual));
    }

    [Fact]
    public void Without_a_yes_nothing_is_done()
    {
        Plan("--out", PlanFile);

        ToolRun run = Tool.RunWithInput("n\n", "apply", PlanFile);

        Assert.Equal((4, ""), (run.ExitCode, run.Output));
        Assert.Contains("Carry this out?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_plan_or_was_changed_is_bad_data()
    {
        Plan("--out", PlanFile);
        File.WriteAllText(PlanFile, File.ReadAllText(PlanFile).Replace("overlay2", "overlay3", StringComparison.Ordinal));
        string other = Path.Combine(_directory, "other");
        File.WriteAllText(other, "{}");
        foreach (string file in new[] { PlanFile, other, Path.Combine(_directory, "missing"), _directory })
        {
            ToolRun run = Tool.Run("apply", file, "--yes");
            Assert.Equal((65, ""), (run.ExitCode, run.Output));
            Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        }
    }

    [Theory]
    [InlineData(65, "resume", "/no/such/journal")]
    [InlineData(65, "rollback", "/no/such/journal")]
    [InlineData(65, "rollback", "")]
    [InlineData(64, "apply")]
    [InlineData(64, "apply", "plan", "--journal", "")]
    [InlineData(64, "apply", "plan", "--restart", "systemctl")]
    [InlineData(64, "apply", "plan", "--store", "/a/copy")]
    [InlineData(64, "plan", "--max-risk", "R9")]
    [InlineData(64, "plan", "--max-risk", "9")]
    [InlineData(64, "plan", "--json", "--script")]
    [InlineData(64, "plan", "--quarantine-grace", "7")]
    [InlineData(64, "plan", "--quarantine-grace", "-1d")]
    [InlineData(64, "plan", "--quarantine-grace", "1.5d")]
    [InlineData(64, "plan", "--quarantine-grace", "9999999d")]
    public void Mistakes_are_one_line(int exitCode, params string[] arguments)
    {
        ToolRun run = Tool.Run(arguments);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData(4, "the policy allows R2")]
    [InlineData(0, "Remove /var/lib/docker/overlay2-quarantine/aa", "--max-risk", "R4")]
    [InlineData(4, "less than 30 days ago", "--max-risk", "R4", "--quarantine-grace", "30d")]
    [InlineData(0, "Remove /var/lib/docker/overlay2-quarantine/aa", "--max-risk", "R4", "--quarantine-grace", "191h")]
    [InlineData(4, "less than 8.01:00:00 ago", "--max-risk", "R4", "--quarantine-grace", "193h")]
    [InlineData(4, "name OVL0116 alone", "--max-risk", "R4", "--only", "OVL0107")]
    public void What_was_set_aside_is_removed_where_it_is_named(int exitCode, string expected, params string[] more)
    {
        ToolRun run = Tool.Run(["plan", "--snapshot", SnapshotWithQuarantine(), "--only", "OVL0116", .. more]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("quarantine", Tool.Run("plan", "--snapshot", SnapshotWithQuarantine(), "--max-risk", "R5").Output, StringComparison.Ordinal);
    }

    /// <summary>A host on which something was set aside eight days ago.</summary>
    private string SnapshotWithQuarantine()
    {
        DateTimeOffset now = new(2026, 11, 28, 6, 0, 0, TimeSpan.Zero);
        var store = new DockerClassicStore
        {
            DataRoot = BytePath.FromText("/var/lib/docker"),
            Home = new DriverHomeStatus { Type = StoreEntryType.Directory },
            ShortLinkDirectory = StoreEntryType.Directory,
            Quarantine = new StoreQuarantine
            {
                Type = StoreEntryType.Directory,
                ModifiedAt = now.AddDays(-8),
                Entries = [new QuarantinedEntry(ByteString.FromText("aa"), StoreEntryType.Directory) { Inode = 7, ModifiedAt = now.AddDays(-90) }],
            },
        };
        StorageSnapshot snapshot = MadeUpHost.Of(MadeUpHost.Root) with { Time = SnapshotPart.Known(now), Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(store)) };
        string file = Path.Combine(_directory, "snapshot.json");
        using FileStream stream = File.Create(file);
        snapshot.Save(stream);
        return file;
    }

    private string PlanFile => Path.Combine(_directory, "plan.json");

    private static ToolRun Plan(params string[] more) => Tool.Run(
        ["plan", "--mountinfo", Repository.Data("docker-root", "shadow-self-bind", "mountinfo.txt"), "--store", Repository.Data("docker-root", "shadow-self-bind", "tree.json.gz"), .. more]);
}
