using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0607: somebody moved the data root, and containerd's store stayed where it was.</summary>
internal sealed class ContainerdRootRule() : LibraryRule(FindingIds.ContainerdRoot, DiagnosisStage.Configuration)
{
    private static readonly BytePath s_containerd = BytePath.FromText("/var/lib/containerd");

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.Snapshot.Engine.TryGet(out EngineInfo? engine) || engine.UsesContainerdStore != true)
            return;
        if (!findings.TryGet(host.Snapshot.Configuration, out _) || host.Configuration.Value.DataRoot is not { Source.Kind: not ConfigurationSourceKind.Default } dataRoot
            || !findings.TryGetMounts(host, out HostMounts? mounts) || !findings.TryGet(host.Snapshot.FileSystems, out ImmutableArray<SnapshotFileSystem> rooms))
        {
            return;
        }

        BytePath root = new(dataRoot.Value);
        SnapshotFileSystem? containerd = rooms.FirstOrDefault(room => room.Path.IsSamePlace(s_containerd));
        SnapshotFileSystem? moved = rooms.FirstOrDefault(room => room.Path.IsSamePlace(root));
        if (containerd is null || moved is null || !root.IsAbsolute || mounts.Table.Resolve(s_containerd) == mounts.Table.Resolve(root) || containerd.AvailableBytes >= moved.AvailableBytes)
            return;
        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, s_containerd), $"The data root was moved to {root}, but images are stored in {s_containerd}, which has less room.", "containerd:root",
            Room(containerd), Room(moved), new FindingEvidence(dataRoot.Source.ToString(), dataRoot.ToString()));
    }

    private static FindingEvidence Room(SnapshotFileSystem room) =>
        new(room.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"{room.AvailableBytes} of {room.TotalBytes} bytes are free"));
}
