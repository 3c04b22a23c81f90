using System.Collections.Immutable;
using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Repair;

/// <summary>Random configurations with flags in a variable: what a plan changes, and that it changes nothing else.</summary>
public sealed class ConfigurationProperties
{
    private static readonly BytePath s_json = BytePath.FromText("/etc/docker/daemon.json");
    private static readonly BytePath s_unit = BytePath.FromText("/usr/lib/systemd/system/docker.service");
    private static readonly BytePath s_variables = BytePath.FromText("/etc/sysconfig/docker-storage");

    private static readonly Gen<string> s_member = Gen.Select(
        Choice.Of("\"storage-driver\":\"overlay2\"", "\"storage-driver\" : \"vfs\"", "\"debug\":true", "\"mtu\": 1400", "\"labels\":[\"a=b\" , \"c=d\"]", "\"log-opts\":{\"max-size\":\"1m\"}",
            "\"storage-opts\":[]", "\"storage-opts\":[ \"overlay2.override_kernel_check=true\" ]", "\"storage-opts\":[\"overlay2.size=1G\",\n\"overlay2.override_kernel_check=1\"]", "\"log-level\":\"warn\"",
            "\"hosts\":[\"fd://\"]", "\"data-root\":\"/data\"", "\"x\":1", "\"log-driver\":\"splunk\",\"splunk-token\":\"geheim\""),
        Choice.Of("", "\n", "\n  ", " "),
        (member, space) => space + member);

    private static readonly Gen<string> s_content = Gen.Select(s_member.Array[0, 5], Choice.Of("", "\n"), (members, end) => $"{{{string.Join(',', members)}{end}}}{end}");

    private static readonly Gen<string> s_flags = Choice.Of(
        "-s overlay2", "-svfs", "--storage-driver=overlay2", "-D", "--debug", "--debug=false", "--mtu 1400", "--label a=b", "--label -D", "--log-opt max-size=2m", "--storage-opt overlay2.size=1G",
        "--storage-opt=overlay2.override_kernel_check=true", "-H fd://", "-Hunix://", "-Ds overlay2", "--data-root=/data", "--log-level=info", "--log-opt splunk-token=geheim", "--tls", "--exec-root -s", "-l", "--")
        .Array[0, 5].Select(flags => string.Join(' ', flags));

    private static readonly Gen<string> s_file = Gen.Select(s_flags, Choice.Of("", "\"", "'"), Choice.Of("", "# c\n", "REGISTRY_PASSWORD=geheim\n"), Choice.Of("", "\n", "\nX=1\n"),
        (flags, quote, before, behind) => $"{before}DOCKER_STORAGE_OPTIONS={quote}{flags}{quote}{behind}");

    [Fact]
    public void A_plan_mends_what_it_says_and_nothing_else_changes() =>
        Gen.Select(s_content, s_file).Sample(
            (json, variables) =>
            {
                EngineConfigurationFiles files = EngineConfigurationFiles.Empty
                    .With(s_unit, ByteString.FromText("[Service]\nEnvironmentFile=-/etc/sysconfig/docker-storage\nExecStart=/usr/bin/dockerd $DOCKER_STORAGE_OPTIONS\n"))
                    .With(s_json, ByteString.FromText(json)).With(s_variables, ByteString.FromText(variables));
                return Check(files);
            },
            iter: 600);

    private static bool Check(EngineConfigurationFiles files)
    {
        StorageSnapshot snapshot = Snapshot(files);
        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot);
        RepairPlan plan = RepairPlan.Parse(RepairPlanner.Plan(report).ToJson());
        var host = new MemoryHost(snapshot);
        foreach (RepairStep step in plan.Steps)
        {
            var replace = (ReplaceConfigurationAction)step.Action;
            Assert.Equal("", host.Configuration.ReplaceConfiguration(replace.Path, replace.Original, replace.Content).Error);
        }

        StorageSnapshot then = host.CaptureAsync(CancellationToken.None).GetAwaiter().GetResult();
        DiagnosisReport after = new StorageDiagnoser().Diagnose(then);
        Finding[] bad = [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && finding.Id is "OVL0601" or "OVL0602")];
        Assert.Equal(bad.Length, plan.Goals.Length + plan.Refusals.Count(refusal => refusal.FindingId is "OVL0601" or "OVL0602"));
        Assert.DoesNotContain(after.Findings, finding => plan.Goals.Any(goal => goal.FindingId == finding.Id && goal.CauseKey == finding.CauseKey));
        Assert.All(after.Findings, finding => Assert.Contains(report.Findings, known => known.Id == finding.Id && known.CauseKey == finding.CauseKey));

        // Every setting that is gone was a flag of a directive that the file gives, or the removed option; the order of the others stays.
        EngineSetting[] old = [.. EngineConfiguration.Resolve(files).Settings];
        (string Name, ByteString Value, ConfigurationSourceKind Kind)[] left = [.. EngineConfiguration.Resolve(then.Configuration.Value).Settings.Select(setting => (setting.Name, setting.Value, setting.Source.Kind))];
        int next = 0;
        foreach (EngineSetting setting in old)
        {
            if (next < left.Length && left[next] == (setting.Name, setting.Value, setting.Source.Kind))
                next++;
            else
                Assert.True(IsMeant(setting, report), $"{setting} is gone");
        }

        Assert.Equal(left.Length, next);
        foreach (RepairStep step in plan.Steps.Reverse())
        {
            var undo = (ReplaceConfigurationAction)Assert.Single(step.Undo);
            Assert.Equal("", host.Configuration.ReplaceConfiguration(undo.Path, undo.Original, undo.Content).Error);
        }

        return files.Files.All(file => host.Configuration.ReadConfiguration(file.Key) == file.Value);
    }

    private static bool IsMeant(EngineSetting setting, DiagnosisReport report) =>
        setting.Value.ToString().Contains("override_kernel_check", StringComparison.Ordinal)
        || (setting.Source.Kind == ConfigurationSourceKind.EnvironmentFile && report.Findings.Any(finding => finding.Id == "OVL0601" && finding.Message.StartsWith(setting.Name + " is given both", StringComparison.Ordinal)));

    private static StorageSnapshot Snapshot(EngineConfigurationFiles files) => MadeUpHost.Of(MadeUpHost.Root) with
    {
        DriverHomes = SnapshotPart.Known(ImmutableArray<BytePath>.Empty),
        Kernel = SnapshotPart.Known(Overlay2.Storage.Kernel.KernelProfile.Defaults(new Overlay2.Storage.Kernel.KernelVersion(6, 1, 0))),
        Configuration = SnapshotPart.Known(files),
    };
}
