using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Diagnosis;

/// <summary>A cover that came after the engine's start while nothing ran: it hides no mount, and only what the engine has open tells of it.</summary>
public sealed class CoveredOpenFilesTests
{
    private const string Root = "/var/lib/docker";
    private const string File = Root + "/network/files/local-kv.db";
    private const string Disk = "30 1 8:1 / / rw - ext4 /dev/sda1 rw";
    private const string OwnDisk = "35 30 8:2 / /var/lib/docker rw - xfs /dev/sdb1 rw";
    private const string Cover = "40 30 0:50 / /var/lib/docker rw - tmpfs cover rw";

    public static TheoryData<string, string[], string, string, int, string> Tables => new()
    {
        { "over the root directory", [Disk, Cover], "dockerd", File, 30, Root },
        { "over a disk of its own", [Disk, OwnDisk, Cover.Replace("40 30", "40 35", StringComparison.Ordinal)], "dockerd", File, 35, Root },
        { "over a directory above", [Disk, Cover.Replace(Root, "/var/lib", StringComparison.Ordinal)], "dockerd", File, 30, "/var/lib" },
        { "two, one on the other", [Disk, Cover, "41 40 0:51 / /var/lib/docker rw - tmpfs second rw"], "dockerd", File, 30, Root },
        { "over the driver home", [Disk, Cover.Replace(Root, Root + "/overlay2", StringComparison.Ordinal)], "dockerd", Root + "/overlay2/metadata", 30, Root + "/overlay2" },
        { "opened after the mount", [Disk, OwnDisk], "dockerd", File, 35, "" },
        { "no cover at all", [Disk], "dockerd", File, 30, "" },
        { "a mount that the table does not have", [Disk, Cover], "dockerd", File, 77, "" },
        { "a bind on itself", [Disk, "40 30 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw"], "dockerd", File, 30, "" },
        { "a file of another place", [Disk, Cover], "dockerd", "/run/docker.pid", 30, "" },
        { "a volume below, mounted since", [Disk, Cover.Replace(Root, Root + "/volumes/v/_data", StringComparison.Ordinal)], "dockerd", Root + "/volumes/v/_data/file", 30, "" },
        { "a program of another engine", [Disk, Cover], "containerd", File, 30, "" },
        { "no engine", [Disk, Cover], "backup", File, 30, "" },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_file_that_its_path_does_not_lead_to_any_more_tells_of_a_cover(string what, string[] table, string program, string path, int mountId, string expected)
    {
        StorageSnapshot snapshot = Host(table, program, new SnapshotOpenFile(BytePath.FromText(path), mountId));
        DiagnosisReport report = CorpusSnapshots.Diagnose(snapshot);
        Finding[] found = [.. report.Findings.Where(finding => finding.Id == FindingIds.ForeignCover)];

        Assert.True(expected == string.Join(' ', found.Select(finding => finding.Subject.Path.ToString())), $"{what}: {string.Join('\n', found.Select(finding => finding.ToString()))}");
        Assert.All(found, finding => Assert.Equal(FindingStatus.Suspected, finding.Status));
        Assert.Equal(found.Length, CorpusSnapshots.Diagnose(snapshot.Redact()).Findings.Count(finding => finding.Id == FindingIds.ForeignCover));
        RepairPlan plan = RepairPlanner.Plan(report, new RepairPolicy { Only = [FindingIds.ForeignCover] }, TestContext.Current.CancellationToken);
        Assert.All(plan.Steps.Where(step => step.Action is UnmountAction), step => Assert.True(step.Risk <= RepairRisk.R1));
        Assert.Equal(what.StartsWith("two", StringComparison.Ordinal) ? 2 : found.Length, plan.Steps.Count(step => step.Action is UnmountAction));
    }

    /// <summary>The cover is empty, so that no store is found there at all.</summary>
    [Fact]
    public void A_place_without_a_store_in_which_the_engine_has_files_open_is_covered()
    {
        const string Containerd = "/var/lib/containerd";
        StorageSnapshot snapshot = MadeUpHost.Of([Disk, Cover.Replace(Root, Containerd, StringComparison.Ordinal)], stores: []) with
        {
            StorePlaces = SnapshotPart.Known(ImmutableArray.Create(new SearchedStorePlace(LayerStoreKind.ContainerdSnapshots, BytePath.FromText(Containerd), StorePlaceOrigin.Usual, StorePlaceOutcome.NothingThere))),
            Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(700, ByteString.FromText("containerd"), "", 1)
            {
                OpenFiles = [new SnapshotOpenFile(BytePath.FromText(Containerd + "/io.containerd.metadata.v1.bolt/meta.db"), 30)],
            })),
        };

        Assert.Equal(Containerd, Assert.Single(CorpusSnapshots.Diagnose(snapshot).Findings, finding => finding.Id == FindingIds.ForeignCover).Subject.Path.ToString());
    }

    [Fact]
    public void A_snapshot_of_an_earlier_version_has_none()
    {
        using var file = new MemoryStream();
        Host([Disk, Cover], "dockerd", new SnapshotOpenFile(BytePath.FromText(File), 30)).Save(file);
        string text = System.Text.Encoding.UTF8.GetString(file.ToArray());
        int from = text.IndexOf(",\"openFiles\":", StringComparison.Ordinal);
        int to = text.IndexOf(']', from) + 1;
        using var earlier = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text.Remove(from, to - from)));

        Assert.Empty(StorageSnapshot.Load(earlier).Processes.Value[0].OpenFiles);
    }

    private static StorageSnapshot Host(string[] table, string program, SnapshotOpenFile file) => MadeUpHost.Of(table, new DockerClassicStore { DataRoot = BytePath.FromText(Root) }) with
    {
        Processes = SnapshotPart.Known(ImmutableArray.Create(new SnapshotProcess(700, ByteString.FromText(program), "", 1) { OpenFiles = [file] })),
    };
}
