using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>How an engine's overlays behave on this kernel (OVL05xx): worth knowing, and no fault.</summary>
internal sealed class BehaviourRule(string id, Func<KernelProfile, string> describe) : LibraryRule(id, DiagnosisStage.Behaviour)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasAnyEngine && context.Mounts is not { Overlays.Length: > 0 } || !context.Snapshot.Kernel.TryGet(out KernelProfile? kernel))
            return;
        context.Report(
            FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.Kernel, default(BytePath)), describe(kernel), $"behaviour:{Descriptor.Id}", new FindingEvidence(kernel.ToString(), "the kernel's profile"));
    }
}
