using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0306.</summary>
internal sealed class TableConsistencyRule() : LibraryRule(FindingIds.TableConsistency, DiagnosisStage.Capability)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!findings.TryGet(host.Snapshot.Kernel, out KernelProfile? kernel) || kernel.Version == default || kernel.Version >= new KernelVersion(5, 8))
            return;
        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Kernel, default),
            "Before Linux 5.8 a mount table that is read while mounts go can lack lines that stay: what seems not to be mounted should be looked for again.", "kernel:mountinfo",
            new FindingEvidence(kernel.ToString(), "the release"));
    }
}
