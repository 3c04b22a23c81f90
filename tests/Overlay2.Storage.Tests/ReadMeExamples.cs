using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests;

/// <summary>The code of the README, run as tests: <see cref="ReadMeTests"/> holds both together.</summary>
public sealed class ReadMeExamples
{
    private static readonly byte[] s_hiddenOverlay = """
        21 1 259:1 / / rw,relatime - ext4 /dev/nvme0n1p1 rw
        80 21 0:44 / /var/lib/docker/overlay2/1a2b/merged rw,relatime - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/u,workdir=/w
        95 21 259:1 /var/lib/docker/overlay2 /var/lib/docker/overlay2 rw,relatime - ext4 /dev/nvme0n1p1 rw

        """u8.ToArray();

    [Fact]
    public void Hidden()
    {
        byte[] mountInfo = s_hiddenOverlay;

        // example: hidden
        MountTable table = MountTable.Parse(mountInfo);          // or MountTable.Load(MountTableSource.Self)
        foreach (MountEntry mount in table.Entries)
        {
            if (table.GetVisibility(mount).HiddenBy is { } cover)
                Console.WriteLine($"{mount.MountPoint} is hidden by {cover.FileSystemType} on {cover.MountPoint}");
        }

        MountEntry? reached = table.Resolve(BytePath.FromText("/var/lib/docker/overlay2/1a2b/merged"));
        // end of example

        Assert.Equal(95, reached?.MountId);
        MountEntry hidden = Assert.Single(table.Entries, mount => table.GetVisibility(mount).IsHidden);
        Assert.Equal(80, hidden.MountId);
    }

    [Fact]
    public void Reader()
    {
        ReadOnlySpan<byte> mountInfo = s_hiddenOverlay;

        // example: reader
        int layers = 0;
        var reader = new MountInfoReader(mountInfo);             // any bytes: no padding, no final newline
        while (reader.ReadOverlay())                             // other lines are skipped at memory speed
        {
            var options = new OverlayOptionReader(reader.SuperOptions);
            while (options.Read())
            {
                OverlayLayerReader layer = options.GetLayers();
                while (layer.Read())
                    layers++;                                    // layer.Path is a view of the text; nothing was allocated
            }
        }
        // end of example

        Assert.Equal(2, layers);
    }

    [Fact]
    public async Task Repair()
    {
        var host = new MemoryHost(CorpusSnapshots.Read("missing-l-symlink"));
        using var scratch = new TemporaryTree();
        BytePath journal = BytePath.FromText(scratch["journal"]);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;

        // example: repair
        DiagnosisReport report = new StorageDiagnoser().Diagnose(await host.CaptureAsync(cancellationToken), cancellationToken: cancellationToken);
        RepairPlan plan = RepairPlanner.Plan(report, cancellationToken: cancellationToken);   // nothing is touched
        Console.WriteLine(plan.ToMarkdown());   // each step with risk and undo; what is refused, and why
        var executor = new RepairExecutor(host);
        RepairOutcome foreseen = await executor.DryRunAsync(plan, cancellationToken);
        if (foreseen.Status == RepairOutcomeStatus.Succeeded)
            await executor.ApplyAsync(plan, journal, cancellationToken: cancellationToken);   // RollbackAsync(journal) undoes it
        // end of example

        Assert.Equal(RepairOutcomeStatus.Succeeded, foreseen.Status);
        Assert.Contains(report.Findings, finding => finding.Id == "OVL0102");
        Assert.DoesNotContain(new StorageDiagnoser().Diagnose(await host.CaptureAsync(cancellationToken), cancellationToken: cancellationToken).Findings, finding => finding.Id == "OVL0102");
    }

    [Fact]
    public void CustomRule()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;

        // example: custom-rule-use
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { CustomRules = [new RetiredImage("app:1")] }).Diagnose(snapshot, cancellationToken: cancellationToken);
        // end of example

        Finding finding = report.Findings.First(finding => finding.Id == "ACME0001");
        Assert.Equal(LayerStoreKind.DockerClassic, finding.Subject.Store);
        Assert.Contains("app:1", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes()
    {
        // example: bytes
        var path = new BytePath([.. "/srv/caf"u8, 0xe9]);        // Latin-1, not UTF-8: kept as it is
        Console.WriteLine(path);                                 // /srv/caf\351
        bool same = BytePath.FromDisplay(path.ToString()) == path;
        // end of example

        Assert.True(same);
        Assert.Equal(@"/srv/caf\351", path.ToString());
    }

    // example: custom-rule
    private sealed class RetiredImage(string name) : IDiagnosisRule
    {
        public FindingDescriptor Descriptor { get; } = new("ACME0001", "Container of a retired image", FindingSeverity.Warning);

        public DiagnosisStage Stage => DiagnosisStage.Store;

        public void Examine(HostView host, FindingSink findings)
        {
            foreach (HostStore store in findings.OpenStores(host))   // of any engine; what is covered or unread is told as not seen
            {
                foreach (HostContainer container in store.Containers.Where(container => container.IsRunning))
                {
                    if (store.Store.GetLowerLayerIds(container.LayerId).Any(layer => store.Store.FindImages(layer).Contains(name)))
                        findings.Report(FindingStatus.Confirmed, FindingSubject.Of(container), $"{container.Name} runs {name}.", $"retired:{container.Id}");
                }
            }
        }
    }
    // end of example
}
