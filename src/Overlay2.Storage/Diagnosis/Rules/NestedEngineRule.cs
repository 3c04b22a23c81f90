using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0608.</summary>
internal sealed class NestedEngineRule() : LibraryRule("OVL0608", DiagnosisStage.Configuration)
{
    public override void Examine(DiagnosisContext context)
    {
        if (!context.HasEngine || !context.TryGetMounts(out MountView? mounts) || mounts.Table.Root is not { IsOverlay: true } root)
            return;

        foreach (DriverHomeView home in context.Homes.Where(home => home.Kind == LayerStoreKind.DockerClassic))
        {
            if (home.Mount != root)
                continue;
            context.Report(
                FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.DataRoot, home.DataRoot), "The engine runs in a container, and its data root is on the container's own overlay: give it a volume.",
                $"file-system:{root.MountPoint}", MountView.Describe(root, "the root directory is an overlay, and nothing is mounted on the data root"));
        }
    }
}
