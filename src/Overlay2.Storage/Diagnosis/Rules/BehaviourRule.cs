using Overlay2.Storage.Bytes;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>How an engine's overlays behave on this kernel (OVL05xx): worth knowing, and no fault.</summary>
internal sealed class BehaviourRule(string id, Func<KernelProfile, string> describe) : LibraryRule(id, DiagnosisStage.Behaviour)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasAnyEngine && host.Mounts is not { IsKnown: true, Value.Overlays.Length: > 0 } || !host.Snapshot.Kernel.TryGet(out KernelProfile? kernel))
            return;
        findings.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Kernel, default(BytePath)), describe(kernel), $"behaviour:{Descriptor.Id}", new FindingEvidence(kernel.ToString(), "the kernel's profile"));
    }
}
