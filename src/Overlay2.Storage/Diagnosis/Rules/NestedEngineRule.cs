using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0608.</summary>
internal sealed class NestedEngineRule() : LibraryRule(FindingIds.NestedEngine, DiagnosisStage.Configuration)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        if (!host.HasEngine || !findings.TryGetMounts(host, out HostMounts? mounts) || mounts.Table.Root is not { IsOverlay: true } root)
            return;

        foreach (DriverHome home in host.Homes.Where(home => home.Engine == Descriptor.Engine))
        {
            if (home.Mount != root)
                continue;
            findings.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, home.DataRoot), "The engine runs in a container, and its data root is on the container's own overlay: give it a volume.",
                $"file-system:{root.MountPoint}", FindingEvidence.Of(root, "the root directory is an overlay, and nothing is mounted on the data root"));
        }
    }
}
