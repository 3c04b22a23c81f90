using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>Docker, containerd and Podman on one host: one report, three stores, and no finding of one about another.</summary>
public sealed class ThreeEnginesTests
{
    private const string Fingerprint = """
        for d in var/lib/docker/overlay2 var/lib/docker/image var/lib/docker/containers var/lib/containerd var/lib/containers; do cd "$1/$d" && find . -xdev -not -name '*.log' -printf '%p %y %m %U %G %s %l %T@\n' | sort; find . -xdev -type f -size -4096k -not -name '*.log' -exec sha256sum {} + | sort; done | sha256sum
        """;

    [Fact]
    public async Task One_report_tells_the_stores_apart()
    {
        using ThreeEngines engines = ThreeEngines.Run();

        // The engines themselves still write to their databases at first; what a diagnosis changed would be changed each time.
        const int MostTries = 10;
        StorageSnapshot snapshot;
        DiagnosisReport healthy;
        string before;
        string after;
        int tries = 0;
        do
        {
            before = Look(engines);
            snapshot = await Capture(engines);
            healthy = Diagnose(snapshot);
            after = Look(engines);
        }
        while (before != after && ++tries < MostTries);
        Assert.Equal(before, after);

        Assert.Equal(
            ["/var/lib/containerd", "/var/lib/containers/storage", "/var/lib/docker"],
            snapshot.Stores.Value.Where(store => store.Layers.Count > 0).Select(store => store.DataRoot.ToString()).Order(StringComparer.Ordinal));
        Assert.Empty(Ids(healthy));
        Assert.True(healthy.Status == DiagnosisStatus.Healthy, string.Join('\n', healthy.Suspended.Select(rule => $"{rule.RuleId}: {rule.Because}")));

        // One fault in each store: first alone, then together.
        string docker = engines.Enter($"cd {ThreeEngines.Docker} && ls -d */ | grep -v -e '^l/$' -e '-init/$' | head -n 1").Trim().TrimEnd('/');
        string podman = engines.Enter($"cd {ThreeEngines.Podman} && for l in */lower; do d=${{l%/lower}}; mountpoint -q $d/merged || echo $d; done | head -n 1").Trim();
        string containerd = engines.Enter($"cd {ThreeEngines.Containerd}/snapshots && ls | sort -n | head -n 1").Trim();
        (string Id, LayerStoreKind Store, string Damage, string Mend)[] faults =
        [
            ("OVL0102", LayerStoreKind.DockerClassic, $"cd {ThreeEngines.Docker} && mv l/$(cat {docker}/link) ../gone", $"cd {ThreeEngines.Docker} && mv ../gone l/$(cat {docker}/link)"),
            ("OVL0209", LayerStoreKind.ContainersStorage, $"mkdir -p {ThreeEngines.Podman}/{podman}/work/work/incompat/volatile", $"rm -r {ThreeEngines.Podman}/{podman}/work/work/incompat"),
            ("OVL0106", LayerStoreKind.ContainerdSnapshots, $"cd {ThreeEngines.Containerd}/snapshots && mv {containerd} ../gone", $"cd {ThreeEngines.Containerd}/snapshots && mv ../gone {containerd}"),
        ];
        foreach ((string id, LayerStoreKind store, string damage, string mend) in faults)
        {
            engines.Enter(damage);
            Assert.Equal([(id, (LayerStoreKind?)store)], Ids(Diagnose(await Capture(engines))));
            engines.Enter(mend);
        }

        foreach ((_, _, string damage, _) in faults)
            engines.Enter(damage);
        Assert.Equal(faults.Select(fault => (fault.Id, (LayerStoreKind?)fault.Store)).Order(), Ids(Diagnose(await Capture(engines))));
        foreach ((_, _, _, string mend) in faults)
            engines.Enter(mend);

        // A cover over one of them says nothing about the others.
        engines.Enter("mount -t tmpfs cover /var/lib/containers/storage");
        Assert.Equal([("OVL0002", (LayerStoreKind?)LayerStoreKind.ContainersStorage)], Ids(Diagnose(await Capture(engines))));
        engines.Enter("umount /var/lib/containers/storage");
        Assert.Empty(Ids(Diagnose(await Capture(engines))));
    }

    private static Task<StorageSnapshot> Capture(ThreeEngines engines) => StorageSnapshot.CaptureAsync(
        new SnapshotOptions { EngineProcessId = engines.ProcessId, AllNamespaces = true }, TestContext.Current.CancellationToken);

    private static DiagnosisReport Diagnose(StorageSnapshot snapshot)
    {
        DiagnosisReport report = new StorageDiagnoser(new DiagnosisOptions { IncludeBehaviour = false }).Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);
        foreach (Finding finding in report.Findings)
            TestContext.Current.TestOutputHelper?.WriteLine($"{finding.Subject.Store}: {finding}");
        return report;
    }

    /// <summary>The findings of warning or above, each with its store.</summary>
    private static (string Id, LayerStoreKind? Store)[] Ids(DiagnosisReport report) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => (finding.Id, finding.Subject.Store)).Distinct().Order()];

    private static string Look(ThreeEngines engines)
    {
        ToolRun run = ToolRun.Of("sh", ["-c", Fingerprint, "look", engines.Root]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output + File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{engines.ProcessId}/mountinfo"));
    }
}
