using System.Globalization;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0402.</summary>
internal sealed class InodeRule() : LibraryRule(FindingIds.Inodes, DiagnosisStage.Capability)
{
    /// <summary>Below one inode in this many the next image may not fit.</summary>
    private const ulong FewestShare = 100;

    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasAnyEngine || !findings.TryGet(host.Snapshot.FileSystems, out _))
            return;

        foreach (DriverHome home in host.LiveHomes)
        {
            // File systems without a fixed number of inodes say 0.
            if (host.FindFileSystem(home) is not { TotalInodes: > 0 } room || room.AvailableInodes > room.TotalInodes / FewestShare)
                continue;
            bool isOut = room.AvailableInodes == 0;
            findings.Report(
                isOut ? FindingSeverity.Error : FindingSeverity.Warning, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                isOut ? "The file system has no inode left: no file can be made, whatever room there is." : "The file system has hardly an inode left.", $"inodes:{room.Path}",
                new FindingEvidence(room.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"{room.AvailableInodes} of {room.TotalInodes} inodes are free")));
        }
    }
}
