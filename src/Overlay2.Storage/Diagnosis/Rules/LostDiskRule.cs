using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0003.</summary>
internal sealed class LostDiskRule() : LibraryRule("OVL0003", DiagnosisStage.Topology)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.TryGetMounts(out MountView? mounts))
            return;

        foreach (DriverHomeView home in context.Homes)
        {
            // A home that holds what the records name needs no other file system.
            if (home.Store is not { } store || home.IsCovered || StoreLoss.Measure(store) is not { Found: 0, Referenced: > 0 } loss)
                continue;
            if (!context.TryGet(context.Snapshot.ConfiguredMounts, out ImmutableArray<ConfiguredMount> configured))
                return;

            ConfiguredMount? missing = configured.FirstOrDefault(mount =>
                (MountView.IsSamePlace(mount.MountPoint, home.Home) || MountView.IsSamePlace(mount.MountPoint, home.DataRoot)) && mounts.Table.GetByMountPoint(mount.MountPoint).IsEmpty);
            if (missing is null)
                continue;

            home.CoveredBecause = $"the file system that belongs on {missing.MountPoint} is not mounted (see OVL0003)";
            context.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DriverHome, home.Home),
                $"{missing.Source} belongs on {missing.MountPoint} and is not mounted there; the directory below holds none of the layers that the records name.",
                $"disk:{missing.MountPoint}",
                new FindingEvidence(string.Create(CultureInfo.InvariantCulture, $"{missing.File}:{missing.Line}"), $"{missing.Source} on {missing.MountPoint} type {missing.FileSystemType}"),
                new FindingEvidence("mountinfo", $"nothing is mounted on {missing.MountPoint}"),
                new FindingEvidence(store.DataRoot.ToString(), string.Create(CultureInfo.InvariantCulture, $"the records name {loss.Referenced} layers, none of which is there")));
        }
    }
}
