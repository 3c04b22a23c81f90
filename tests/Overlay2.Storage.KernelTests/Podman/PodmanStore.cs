using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Podman;

/// <summary>The store of a Podman, to be damaged, diagnosed and mended.</summary>
internal sealed class PodmanStore(PodmanEngine engine)
{
    private const string Image = "localhost/o2-app:1";

    /// <summary>Names, types, links, contents and times of everything but what is mounted below.</summary>
    private const string Fingerprint = """
        cd "$1" && { find . -xdev -printf '%p %y %m %U %G %s %l %T@\n' | sort; find . -xdev -type f -exec sha256sum {} + | sort; } | sha256sum
        """;

    public PodmanEngine Engine => engine;

    /// <summary>The layer of the stopped container.</summary>
    public string StoppedLayer { get; set; } = "";

    /// <summary>The uppermost layer of the image.</summary>
    public string TopImageLayer { get; set; } = "";

    private string Home => $"{engine.Root}{PodmanEngine.StorageRoot}/overlay";

    /// <summary>The container of a name, which is made if there is none.</summary>
    public string Ensure(string name, bool isRunning)
    {
        if (engine.TryPodman("container", "exists", name).ExitCode != 0)
            engine.RunContainer(isRunning ? ["-d", "--name", name, Image, "/bin/sleep", "36000"] : ["--name", name, Image, "/bin/true"]);
        return name;
    }

    public string LayerOf(string container) => engine.Podman("container", "inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", container).Split('/')[^2];

    public string TopImageLayerOf(string container)
    {
        string name = File.ReadAllText($"{Home}/{LayerOf(container)}/lower").Split(':')[0];
        return File.ResolveLinkTarget($"{Home}/{name}", returnFinalTarget: false)!.FullName.Split('/')[^2];
    }

    /// <summary>Runs a script with the driver home as its first argument.</summary>
    public void Shell(string script, params string[] arguments)
    {
        ToolRun run = ToolRun.Of("sh", ["-c", script, "damage", Home, .. arguments]);
        Assert.True(run.ExitCode == 0, $"{script}: {run.Error}");
    }

    public Task<StorageSnapshot> Capture(bool allNamespaces = true, bool finds = false) => StorageSnapshot.CaptureAsync(
        new SnapshotOptions
        {
            EngineProcessId = engine.ProcessId,
            AllNamespaces = allNamespaces,
            Stores = finds ? [] : [new StoreLocation(LayerStoreKind.ContainersStorage, BytePath.FromText(PodmanEngine.StorageRoot))],
        },
        TestContext.Current.CancellationToken);

    /// <summary>The findings of warning or above; store and mounts must not change meanwhile.</summary>
    public async Task<string[]> Diagnose()
    {
        string before = Look();
        DiagnosisReport report = Report(await Capture());
        Assert.Equal(before, Look());
        Assert.All(report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning), finding => Assert.Equal(LayerStoreKind.ContainersStorage, finding.Subject.Store));
        return Ids(report);
    }

    public static DiagnosisReport Report(StorageSnapshot snapshot)
    {
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);
        foreach (Finding finding in report.Findings)
            TestContext.Current.TestOutputHelper?.WriteLine(finding.ToString());
        if (report.Status == DiagnosisStatus.Unknown)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', report.Suspended.Select(rule => $"{rule.RuleId}: {rule.Because}")));
        return report;
    }

    /// <summary>The findings of warning or above.</summary>
    public static string[] Ids(DiagnosisReport report) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal)];

    private string Look()
    {
        ToolRun run = ToolRun.Of("sh", ["-c", Fingerprint, "look", engine.Root + PodmanEngine.StorageRoot]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output + File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{engine.ProcessId}/mountinfo"));
    }
}
