using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0301.</summary>
internal sealed class EntryTypesRule() : LibraryRule("OVL0301", DiagnosisStage.Capability)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (DriverHomeView home in context.LiveHomes)
        {
            FeatureEvidence types = context.EntryTypesOf(home);
            if (types.Status == FeatureStatus.No)
            {
                context.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                    "Directory entries of the file system have no types: whiteouts become visible and directories cannot be removed.", $"file-system:{home.Mount?.MountPoint ?? home.Home}",
                    new FindingEvidence("file system", types.Source));
            }
            else if (types.Status == FeatureStatus.Unknown && ((home.Kind == LayerStoreKind.DockerClassic && context.Snapshot.Engine.IsKnown) || home.Store is { Layers.Count: > 0 } || home.MountedLayers.Any()))
            {
                // An empty root directory is no engine's.
                context.Suspend($"whether directory entries of {home.Home} have types is not known");
            }
        }
    }
}
