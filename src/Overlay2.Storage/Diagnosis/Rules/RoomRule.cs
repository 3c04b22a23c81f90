using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0401: the first write to a file of a lower layer copies it whole.</summary>
internal sealed class RoomRule() : LibraryRule(FindingIds.Room, DiagnosisStage.Capability)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasAnyEngine || !findings.TryGet(host.Snapshot.FileSystems, out _))
            return;

        foreach (DriverHome home in host.LiveHomes)
        {
            if (host.FindFileSystem(home) is not { TotalBytes: > 0 } room)
                continue;
            if (room.AvailableBytes == 0)
                Report(findings, FindingSeverity.Error, FindingStatus.Confirmed, home, room, "Nothing more can be written below the driver home.", []);
            else if (home.Store?.LargestLayer is { } largest && largest.Bytes > room.AvailableBytes)
                Report(findings, FindingSeverity.Warning, FindingStatus.Suspected, home, room, "Less room is left than the largest image layer holds: a write to one large file of it fails, since it is copied whole first.", [Describe(largest)]);
        }
    }

    private static void Report(
        FindingSink findings, FindingSeverity severity, FindingStatus status, DriverHome home, SnapshotFileSystem room, string message, FindingEvidence[] more) => findings.Report(
        severity, status, new FindingSubject(FindingSubjectKind.FileSystem, home.Home), message, $"room:{room.Path}",
        [new FindingEvidence(room.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"{room.AvailableBytes} of {room.TotalBytes} bytes are free")), .. more]);

    private static FindingEvidence Describe(RecordedSize layer) =>
        new("layer database", string.Create(CultureInfo.InvariantCulture, $"the layer {layer.Owner} holds {layer.Bytes} bytes"));
}
