using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Diagnosis;

public sealed class DiagnosisReportTests
{
    [Fact]
    public void Only_a_host_that_was_seen_in_full_is_healthy()
    {
        StorageSnapshot whole = Whole();

        DiagnosisReport report = CorpusSnapshots.Diagnose(whole);

        Assert.Empty(report.Suspended);
        Assert.Equal((DiagnosisStatus.Healthy, 0), (report.Status, report.ExitCode));
        Assert.All(report.Findings, finding => Assert.Equal(FindingSeverity.Information, finding.Severity));
        Assert.All(
            new[]
            {
                whole with { Mounts = SnapshotPart.Failed<MountTable>("no") },
                whole with { Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>("no") },
                whole with { Configuration = SnapshotPart.NotTaken<EngineConfigurationFiles>() },
                whole with { OtherNamespaces = SnapshotPart.NotTaken<ImmutableArray<SnapshotNamespace>>() },
                whole with { Kernel = SnapshotPart.NotTaken<KernelProfile>(), Engine = SnapshotPart.NotTaken<EngineInfo>() },
                whole with { FileSystems = SnapshotPart.Failed<ImmutableArray<SnapshotFileSystem>>("no") },
            },
            part => Assert.Equal((DiagnosisStatus.Unknown, 3), (CorpusSnapshots.Diagnose(part).Status, CorpusSnapshots.Diagnose(part).ExitCode)));
    }

    [Theory]
    [InlineData("orphan-layers", 1)]
    [InlineData("missing-l-symlink", 2)]
    [InlineData("healthy-stopped", 3)]
    public void The_exit_code_is_that_of_the_worst(string state, int code) => Assert.Equal(code, CorpusSnapshots.Diagnose(CorpusSnapshots.Read(state)).ExitCode);

    [Fact]
    public void The_json_is_that_of_the_contract()
    {
        using JsonDocument json = JsonDocument.Parse(CorpusSnapshots.Diagnose(CorpusSnapshots.Read("shadow-self-bind")).ToJson());

        JsonElement root = json.RootElement;
        Assert.Equal(1, root.GetProperty("formatVersion").GetInt32());
        Assert.Equal("Findings", root.GetProperty("status").GetString());
        JsonElement finding = root.GetProperty("findings")[0];
        Assert.Equal(("OVL0001", "Error", "Confirmed"), (finding.GetProperty("id").GetString(), finding.GetProperty("severity").GetString(), finding.GetProperty("status").GetString()));
        Assert.NotEmpty(finding.GetProperty("title").GetString()!);
        Assert.Equal(("Mount", "/var/lib/docker/overlay2", 146), (finding.GetProperty("subject").GetProperty("kind").GetString(), finding.GetProperty("subject").GetProperty("path").GetString(), finding.GetProperty("subject").GetProperty("mountId").GetInt32()));
        Assert.True(finding.GetProperty("evidence").GetArrayLength() > 1);
        Assert.Equal("docs/findings/OVL0001.md", finding.GetProperty("helpLink").GetString());
        Assert.Contains(root.GetProperty("suspended").EnumerateArray(), rule => rule.GetProperty("rule").GetString() == "OVL0101" && rule.GetProperty("because").GetString()!.Contains("covered", StringComparison.Ordinal));
    }

    [Fact]
    public void Markdown_is_plain_whatever_names_hold()
    {
        string markdown = new DiagnosisReport(
            HostView.Of(new StorageSnapshot { Time = SnapshotPart.Known(DateTimeOffset.UnixEpoch), HostId = SnapshotPart.Known("h*st") }),
            DiagnosisOptions.Default,
            [new Finding { Descriptor = FindingIds.Find("OVL0001")!, Severity = FindingSeverity.Error, Status = FindingStatus.Confirmed, Subject = new FindingSubject(FindingSubjectKind.Mount, BytePath.FromText("/a<b>\n# c")), Message = "x", CauseKey = "k" }],
            []).ToMarkdown();

        Assert.Contains("h\\*st", markdown, StringComparison.Ordinal);
        Assert.Contains("/a\\<b\\>", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# c", markdown, StringComparison.Ordinal);
        Assert.Contains("1970-01-01", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Severities_can_be_changed_and_ids_suppressed()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("orphan-layers");
        var options = new DiagnosisOptions { Severities = DiagnosisOptions.Default.Severities.Add("OVL0107", FindingSeverity.Error) };

        Assert.Equal(2, Diagnose(options, snapshot).ExitCode);
        DiagnosisReport suppressed = Diagnose(DiagnosisOptions.Default with { Suppressed = DiagnosisOptions.Default.Suppressed.Add("OVL0107") }, snapshot);
        Assert.Empty(CorpusSnapshots.Ids(suppressed));
        Assert.Contains(suppressed.Suspended, rule => rule is { RuleId: "OVL0107", Kind: SuspensionKind.Suppressed });
    }

    [Fact]
    public void A_rule_of_the_callers_is_asked_and_may_fail()
    {
        StorageSnapshot whole = Whole();
        var good = new CustomRule(findings => findings.Report(FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Host, default), "too many mounts", "x", new FindingEvidence("mountinfo", "n")));
        var bad = new CustomRule(_ => throw new FormatException("broken"));

        DiagnosisReport report = Diagnose(new DiagnosisOptions { CustomRules = [good, bad] }, whole);

        Assert.Equal(["ACME1"], CorpusSnapshots.Ids(report));
        Assert.Contains(report.Suspended, rule => rule is { RuleId: "ACME1", Kind: SuspensionKind.Failed } && rule.Because.Contains("broken", StringComparison.Ordinal));
        Assert.Equal(DiagnosisStatus.Unknown, Diagnose(new DiagnosisOptions { CustomRules = [bad] }, whole).Status);
    }

    [Fact]
    public void Findings_are_counted_by_id()
    {
        List<string> counted = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: "Overlay2.Storage", Name: "overlay2.diagnosis.findings" })
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (counted)
                counted.Add($"{tags[0].Value} {value}");
        });
        listener.Start();

        CorpusSnapshots.Diagnose(CorpusSnapshots.Read("orphan-layers"));

        Assert.Contains("OVL0107 4", counted);
    }

    /// <summary>A rule may find thousands of things: who cancels does not wait for the last.</summary>
    [Fact]
    public void A_diagnosis_ends_between_two_findings_of_a_rule()
    {
        using var source = new CancellationTokenSource();
        int found = 0;
        var rule = new CustomRule(findings =>
        {
            for (; found < 10; found++)
            {
                if (found == 3)
                    source.Cancel();
                findings.Report(FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Host, default), "one more", "one more");
            }
        });

        Assert.Throws<OperationCanceledException>(() => new StorageDiagnoser(DiagnosisOptions.Default with { CustomRules = [rule] }).Diagnose(Whole(), cancellationToken: source.Token));

        Assert.Equal(3, found);
    }

    /// <summary>A stopped engine of which everything is known.</summary>
    internal static StorageSnapshot Whole()
    {
        KernelProfile kernel = KernelProfile.Defaults(new KernelVersion(6, 18, 44));
        return CorpusSnapshots.Read("healthy-stopped") with
        {
            Kernel = SnapshotPart.Known(kernel),
            MountLimit = SnapshotPart.Known(100_000),
            Configuration = SnapshotPart.Known(EngineConfigurationFiles.Empty),
            OtherNamespaces = SnapshotPart.Known(ImmutableArray<SnapshotNamespace>.Empty),
            Processes = SnapshotPart.Known(ImmutableArray<SnapshotProcess>.Empty),
            ConfiguredMounts = SnapshotPart.Known(ImmutableArray<ConfiguredMount>.Empty),
            FileSystems = SnapshotPart.Known(ImmutableArray.Create(new SnapshotFileSystem
            {
                Path = BytePath.FromText("/var/lib/docker"),
                TotalBytes = 1UL << 40,
                AvailableBytes = 1UL << 39,
                TotalInodes = 1_000_000,
                AvailableInodes = 900_000,
                EntryTypes = new FeatureEvidence(FeatureStatus.Yes, "seen"),
            })),
            Engine = SnapshotPart.Known(new EngineInfo { Version = "20.10.24", Driver = "overlay2", UsesNativeDiff = true, UsesContainerdStore = false }),
        };
    }

    private static DiagnosisReport Diagnose(DiagnosisOptions options, StorageSnapshot snapshot) => new StorageDiagnoser(options).Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

    private sealed class CustomRule(Action<FindingSink> examine) : IDiagnosisRule
    {
        public FindingDescriptor Descriptor { get; } = new("ACME1", "House rule", FindingSeverity.Warning);

        public DiagnosisStage Stage => DiagnosisStage.Topology;

        public void Examine(HostView host, FindingSink findings) => examine(findings);
    }
}
