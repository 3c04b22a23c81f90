using System.Globalization;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0404.</summary>
internal sealed class MountLimitRule() : LibraryRule(FindingIds.MountLimit, DiagnosisStage.Capability)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGet(host.Snapshot.MountLimit, out int limit) || !findings.TryGetMounts(host, out HostMounts? mounts) || limit <= 0)
            return;

        int count = mounts.Table.Entries.Length;
        if (count < limit - (limit / 10))
            return;
        findings.Report(
            count >= limit ? FindingSeverity.Error : FindingSeverity.Warning, FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Host, default),
            "The mount namespace holds nearly as many mounts as it may: the next mount fails for want of space.", "mounts:limit",
            new FindingEvidence("mountinfo", string.Create(CultureInfo.InvariantCulture, $"{count} mounts")),
            new FindingEvidence("/proc/sys/fs/mount-max", string.Create(CultureInfo.InvariantCulture, $"at most {limit}")));
    }
}
