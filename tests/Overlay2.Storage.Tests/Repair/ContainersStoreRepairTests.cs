using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>A store of containers/storage on disk, damaged and repaired: the layout is that of Docker's driver, the records are others.</summary>
public sealed class ContainersStoreRepairTests : IDisposable
{
    private const string Root = "storage";
    private const string Home = Root + "/overlay";

    private readonly TemporaryTree _tree = new TemporaryTree().WithContainersStore(Root);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Damages => new()
    {
        { "OVL0101", "link empty" },
        { "OVL0102", "link gone" },
        { "OVL0110", "links gone" },
        { "OVL0103", "lower empty" },
        { "OVL0104", "lower bare" },
        { "OVL0105", "lower malformed" },
        { "OVL0113", "lower gone" },
        { "OVL0113", "work gone" },
        { "OVL0209", "volatile" },
        { "OVL0011", "work deep" },
        { "OVL0107", "orphan" },
    };

    public void Dispose() => _tree.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task The_store_is_as_it_was(string id, string damage)
    {
        string[] whole = Listing();
        Damage(damage);
        string[] damaged = Listing();
        Assert.NotEqual(whole, damaged);
        var host = new LinuxHost(new SnapshotOptions { Stores = [new StoreLocation(LayerStoreKind.ContainersStorage, _tree.Path.Combine(BytePath.FromText(Root)))] });

        DiagnosisReport report = new StorageDiagnoser().Diagnose(await host.CaptureAsync(Token), cancellationToken: Token);
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { Only = [id] }, cancellationToken: TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        Assert.Contains(plan.Goals, goal => goal.FindingId == id);
        var executor = new RepairExecutor(host);
        BytePath journal = BytePath.FromText(_tree["journal"]);
        RepairOutcome outcome = await executor.ApplyAsync(plan, journal, cancellationToken: Token);

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(whole, Listing().Where(line => !line.StartsWith("overlay-quarantine", StringComparison.Ordinal) && !line.Contains("/work/work", StringComparison.Ordinal)));
        RepairOutcome back = await executor.RollbackAsync(journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(damaged, Listing());
    }

    private void Damage(string damage)
    {
        string top = $"{Home}/{ContainersTree.Top}";
        string writable = $"{Home}/{ContainersTree.Writable}";
        switch (damage)
        {
            case "link empty":
                _tree.WithFile($"{top}/link", "");
                break;
            case "link gone":
                File.Delete(_tree[$"{Home}/l/{ContainersTree.Name(ContainersTree.Top)}"]);
                break;
            case "links gone":
                foreach (string link in Directory.GetFileSystemEntries(_tree[$"{Home}/l"]))
                    File.Delete(link);
                break;
            case "lower empty":
                _tree.WithFile($"{top}/lower", "");
                break;
            case "lower bare":
                _tree.WithFile($"{top}/lower", "l");
                break;
            case "lower malformed":
                _tree.WithFile($"{top}/lower", "{}");
                break;
            case "lower gone":
                File.Delete(_tree[$"{top}/lower"]);
                break;
            case "work gone":
                Directory.Delete(_tree[$"{writable}/work"], recursive: true);
                break;
            case "volatile":
                _tree.WithDirectory($"{writable}/work/work/incompat/volatile");
                break;
            case "work deep":
                _tree.WithDirectory($"{writable}/work/work/a/b/c");
                break;
            default:
                _tree.WithLayer(Root, new string('f', 64));
                Directory.SetLastWriteTimeUtc(_tree[$"{Home}/{new string('f', 64)}"], DateTime.UtcNow.AddDays(-3));
                break;
        }
    }

    private string[] Listing() =>
    [
        .. new DirectoryInfo(_tree[Root]).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(entry => $"{Path.GetRelativePath(_tree[Root], entry.FullName)} {entry.LinkTarget ?? (entry is FileInfo ? File.ReadAllText(entry.FullName) : "")}").Order(StringComparer.Ordinal),
    ];
}
