using System.Globalization;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0003.</summary>
internal sealed class LostDiskRule() : LibraryRule(FindingIds.LostDisk, DiagnosisStage.Topology)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGetMounts(host, out _))
            return;

        foreach (DriverHome home in host.Homes)
        {
            // A home that holds what the records name needs no other file system.
            if (home is { Cover: null, Store: { } store } && store.MeasureLoss().IsTotal && !findings.TryGet(host.Snapshot.ConfiguredMounts, out _))
                return;
            if (home.Cover is not { Kind: HomeCoverKind.LostDisk, Missing: { } missing, Loss: var loss })
                continue;
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DriverHome, home.Home),
                $"{missing.Source} belongs on {missing.MountPoint} and is not mounted there; the directory below holds none of the layers that the records name.",
                $"disk:{missing.MountPoint}",
                new FindingEvidence(string.Create(CultureInfo.InvariantCulture, $"{missing.File}:{missing.Line}"), $"{missing.Source} on {missing.MountPoint} type {missing.FileSystemType}"),
                new FindingEvidence("mountinfo", $"nothing is mounted on {missing.MountPoint}"),
                new FindingEvidence(home.Store!.DataRoot.ToString(), string.Create(CultureInfo.InvariantCulture, $"the records name {loss.Referenced} layers, none of which is there")));
        }
    }
}
