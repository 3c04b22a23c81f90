using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>The store of a running engine, to be damaged, diagnosed and mended.</summary>
internal sealed class DamagedStore(LiveEngine engine)
{
    private const string Image = "o2-diagnosis:1";

    /// <summary>Names, types, links, contents and attributes of everything but what runs on its own (logs) and what is mounted below.</summary>
    private const string Fingerprint = """
        cd "$1" && { find overlay2 image containers -xdev -not -name '*.log' -printf '%p %y %m %U %G %s %l %T@\n' | sort; find overlay2 image containers -xdev -type f -size -1024k -not -name '*.log' -exec sha256sum {} + | sort; } | sha256sum
        """;

    public LiveEngine Engine => engine;

    /// <summary>The layer of the stopped container.</summary>
    public string StoppedLayer { get; set; } = "";

    /// <summary>The uppermost layer of the image.</summary>
    public string TopImageLayer { get; set; } = "";

    private string Home => engine.Root + "/var/lib/docker/overlay2";

    /// <summary>The container of a name, which is made if there is none.</summary>
    public string Ensure(string name, bool isRunning)
    {
        if (engine.TryDocker("inspect", name) is { ExitCode: 0 })
            return name;
        engine.Docker("run", "-d", "--name", name, "--network", "none", Image, "/bin/sleep", "36000");
        if (!isRunning)
            engine.Docker("stop", "-t", "0", name);
        return name;
    }

    public string Run() => engine.Docker("run", "-d", "--network", "none", Image, "/bin/sleep", "36000");

    public void Remove(params string[] containers)
    {
        ToolRun run = engine.TryDocker(["rm", "-f", .. containers]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    public string LayerOf(string container) => Part(container, "UpperDir");

    /// <summary>The layer below the container's own and its init layer.</summary>
    public string TopImageLayerOf(string container)
    {
        string name = File.ReadAllText($"{Home}/{LayerOf(container)}/lower").Split(':')[1];
        return File.ResolveLinkTarget($"{Home}/{name}", returnFinalTarget: false)!.FullName.Split('/')[^2];
    }

    /// <summary>Runs a command in the engine's mount namespace.</summary>
    public void Enter(string command)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{engine.ProcessId}/ns");
        ToolRun run = ToolRun.Of("nsenter", [$"--mount={process}/mnt", $"--pid={process}/pid", "sh", "-c", command]);
        Assert.True(run.ExitCode == 0, $"{command}: {run.Error}");
    }

    /// <summary>Runs a script with the driver home as its first argument.</summary>
    public void Shell(string script, params string[] arguments)
    {
        ToolRun run = ToolRun.Of("sh", ["-c", script, "damage", Home, .. arguments]);
        Assert.True(run.ExitCode == 0, $"{script}: {run.Error}");
    }

    public Task<StorageSnapshot> Capture(bool allNamespaces = false) => StorageSnapshot.CaptureAsync(
        new SnapshotOptions { EngineProcessId = engine.ProcessId, AllNamespaces = allNamespaces, ScanUppers = true },
        TestContext.Current.CancellationToken);

    /// <summary>The findings of warning or above; store and mounts must not change meanwhile.</summary>
    public async Task<string[]> Diagnose(bool allNamespaces = false)
    {
        string before = Look();
        DiagnosisReport report = await Report(allNamespaces);
        Assert.Equal(before, Look());
        return Ids(report);
    }

    public async Task<DiagnosisReport> Report(bool allNamespaces = false)
    {
        StorageSnapshot snapshot = await Capture(allNamespaces);
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);
        foreach (Finding finding in report.Findings)
            TestContext.Current.TestOutputHelper?.WriteLine(finding.ToString());
        if (report.Status == DiagnosisStatus.Unknown && allNamespaces)
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', report.Suspended.Select(rule => $"{rule.RuleId}: {rule.Because}")));
        return report;
    }

    /// <summary>The findings of warning or above.</summary>
    public static string[] Ids(DiagnosisReport report) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A fingerprint of the store, and the mount table.</summary>
    public string Look()
    {
        ToolRun run = ToolRun.Of("sh", ["-c", Fingerprint, "look", engine.Root + "/var/lib/docker"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output + File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{engine.ProcessId}/mountinfo"));
    }

    private string Part(string container, string name) =>
        engine.Docker("inspect", "-f", "{{.GraphDriver.Data." + name + "}}", container).Split('/')[^2];
}
