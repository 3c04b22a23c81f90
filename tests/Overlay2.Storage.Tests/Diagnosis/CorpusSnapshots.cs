using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>The recorded states of a real engine as snapshots: mountinfo and tree, nothing else.</summary>
internal static class CorpusSnapshots
{
    private static readonly Lazy<JsonDocument> s_expected = new(() => JsonDocument.Parse(File.ReadAllBytes(Repository.Data("docker-root", "expected.json"))));

    public static StorageSnapshot Read(string state)
    {
        string tree = Repository.Data("docker-root", state, "tree.json");
        return StorageSnapshot.FromFiles(
            new SnapshotFiles
            {
                MountInfo = BytePath.FromText(Repository.Data("docker-root", state, "mountinfo.txt")),
                Store = BytePath.FromText(File.Exists(tree) ? tree : tree + ".gz"),
            },
            TestContext.Current.CancellationToken);
    }

    public static DiagnosisReport Diagnose(StorageSnapshot snapshot) =>
        new StorageDiagnoser().Diagnose(snapshot, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The ids of warning or above, each once.</summary>
    public static string[] Ids(DiagnosisReport report) =>
        [.. report.Findings.Where(finding => finding.Severity >= FindingSeverity.Warning).Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal)];

    public static string[] Expected(string state, string member) =>
        s_expected.Value.RootElement.GetProperty(state).TryGetProperty(member, out JsonElement ids) ? [.. ids.EnumerateArray().Select(id => id.GetString()!)] : [];
}
