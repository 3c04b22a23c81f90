using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Damages made on disk in a copy of a recorded store: the plan gives back every byte, and can be undone.</summary>
public sealed class StoreOnDiskTests : IDisposable
{
    private readonly StoreOnDisk _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Home => $"{_store.Root}/overlay2";

    private string Links => $"{Home}/l";

    /// <summary>A container's writable layer.</summary>
    private string Writable => $"{Home}/{File.ReadAllText(Directory.GetDirectories($"{_store.Root}/image/overlay2/layerdb/mounts").Order(StringComparer.Ordinal).First() + "/mount-id")}";

    /// <summary>A layer in the middle of an image: one that has a layer below, and a layer of an image above.</summary>
    private string Middle => Directory.GetDirectories(Home).First(layer => File.Exists($"{layer}/committed") && File.Exists($"{layer}/lower") && !layer.EndsWith("-init", StringComparison.Ordinal));

    public static TheoryData<string> Damages =>
    [
        "one link gone", "one link wrong", "one link dangling", "a file in the place of a link", "all links gone", "the link directory gone", "link file empty", "link file gone", "link file and link gone",
        "lower empty", "lower bare", "lower malformed", "lower gone", "work gone", "work a file", "mount-id gone", "mount-id empty", "cache-id gone", "cache-id empty", "parent empty", "merged a file", "bare entry",
    ];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Every_byte_comes_back(string damage)
    {
        // What the kernel made in a work directory it makes again.
        foreach (string inner in Directory.GetDirectories(Home).Select(layer => $"{layer}/work/work").Where(Directory.Exists))
            Directory.Delete(inner, recursive: true);
        string[] whole = _store.Listing();
        Damage(damage);
        string[] damaged = _store.Listing();
        Assert.NotEqual(whole, damaged);

        RepairPlan plan = await _store.Plan();
        TestContext.Current.TestOutputHelper?.WriteLine(plan.ToMarkdown());
        Assert.Empty(plan.Refusals);
        var executor = new RepairExecutor(_store.Host);
        RepairOutcome dry = await executor.DryRunAsync(plan, Token);
        Assert.True(dry.Status == RepairOutcomeStatus.Succeeded, dry.Reason);
        Assert.Equal(damaged, _store.Listing());

        BytePath journal = _store.NextJournal();
        RepairOutcome outcome = await executor.ApplyAsync(plan, journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Equal(whole, WithoutQuarantine());
        Assert.Equal(RepairOutcomeStatus.Refused, (await executor.ApplyAsync(plan, _store.NextJournal(), cancellationToken: Token)).Status);

        RepairOutcome back = await executor.RollbackAsync(journal, cancellationToken: Token);
        Assert.True(back.Status == RepairOutcomeStatus.RolledBack, back.Reason);
        Assert.Equal(damaged, _store.Listing());
    }

    private IEnumerable<string> WithoutQuarantine() => _store.Listing().Where(line => !line.StartsWith("overlay2-quarantine/", StringComparison.Ordinal));

    private void Damage(string damage)
    {
        string database = $"{_store.Root}/image/overlay2/layerdb";
        string link = $"{Links}/{File.ReadAllText($"{Middle}/link")}";
        string container = Directory.GetDirectories($"{database}/mounts").Order(StringComparer.Ordinal).First();
        string image = Directory.GetDirectories($"{database}/sha256").First(entry => File.Exists($"{entry}/parent"));
        switch (damage)
        {
            case "one link gone":
                File.Delete(link);
                break;
            case "one link wrong":
                string other = Directory.GetDirectories(Home).First(layer => File.Exists($"{layer}/committed") && !File.Exists($"{layer}/lower"));
                Relink(link, $"../{Path.GetFileName(other)}/diff");
                break;
            case "one link dangling":
                Relink(link, $"../{new string('0', 64)}/diff");
                break;
            case "a file in the place of a link":
                File.Delete(link);
                File.WriteAllText(link, "?");
                break;
            case "all links gone":
                foreach (string each in Directory.GetFileSystemEntries(Links))
                    File.Delete(each);
                break;
            case "the link directory gone":
                Directory.Delete(Links, recursive: true);
                break;
            case "link file empty":
                File.WriteAllText($"{Middle}/link", "");
                break;
            case "link file gone":
                File.Delete($"{Middle}/link");
                break;
            case "link file and link gone":
                File.Delete($"{Middle}/link");
                File.Delete(link);
                break;
            case "lower empty":
                File.WriteAllText($"{Middle}/lower", "");
                break;
            case "lower bare":
                File.WriteAllText($"{Middle}/lower", "l");
                break;
            case "lower malformed":
                File.WriteAllText($"{Writable}/lower", "{\"a\":\0");
                break;
            case "lower gone":
                File.Delete($"{Writable}/lower");
                break;
            case "work gone":
                Directory.Delete($"{Writable}/work", recursive: true);
                break;
            case "work a file":
                Directory.Delete($"{Writable}/work", recursive: true);
                File.WriteAllText($"{Writable}/work", "?");
                break;
            case "mount-id gone":
                File.Delete($"{container}/mount-id");
                break;
            case "mount-id empty":
                File.WriteAllText($"{container}/mount-id", "");
                break;
            case "cache-id gone":
                File.Delete($"{image}/cache-id");
                break;
            case "cache-id empty":
                File.WriteAllText($"{image}/cache-id", "");
                break;
            case "parent empty":
                File.WriteAllText($"{image}/parent", "");
                break;
            case "merged a file":
                File.WriteAllText($"{Writable}/merged", "?");
                break;
            case "bare entry":
                Directory.CreateDirectory($"{database}/sha256/{new string('0', 64)}");
                break;
            default:
                Assert.Fail(damage);
                break;
        }
    }

    private static void Relink(string link, string target)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
    }
}
