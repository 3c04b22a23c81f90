using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0402.</summary>
internal sealed class InodeRule() : LibraryRule("OVL0402", DiagnosisStage.Capability)
{
    /// <summary>Below one inode in this many the next image may not fit.</summary>
    private const ulong FewestShare = 100;

    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasAnyEngine || !context.TryGet(context.Snapshot.FileSystems, out _))
            return;

        foreach (DriverHomeView home in context.LiveHomes)
        {
            // File systems without a fixed number of inodes say 0.
            if (context.FindFileSystem(home) is not { TotalInodes: > 0 } room || room.AvailableInodes > room.TotalInodes / FewestShare)
                continue;
            bool isOut = room.AvailableInodes == 0;
            context.Report(
                isOut ? FindingSeverity.Error : FindingSeverity.Warning, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                isOut ? "The file system has no inode left: no file can be made, whatever room there is." : "The file system has hardly an inode left.", $"inodes:{room.Path}",
                new FindingEvidence(room.Path.ToString(), string.Create(CultureInfo.InvariantCulture, $"{room.AvailableInodes} of {room.TotalInodes} inodes are free")));
        }
    }
}
