using Overlay2.Storage.Hosts;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0301.</summary>
internal sealed class EntryTypesRule() : LibraryRule(FindingIds.EntryTypes, DiagnosisStage.Capability)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        foreach (DriverHome home in host.LiveHomes)
        {
            FeatureEvidence types = host.EntryTypesOf(home);
            if (types.Status == FeatureStatus.No)
            {
                findings.Report(
                    FindingStatus.Confirmed, new FindingSubject(FindingSubjectKind.FileSystem, home.Home),
                    "Directory entries of the file system have no types: whiteouts become visible and directories cannot be removed.", $"file-system:{home.Mount?.MountPoint ?? home.Home}",
                    new FindingEvidence("file system", types.Source));
            }
            else if (types.Status == FeatureStatus.Unknown && ((home.Engine.IsConfigured && host.Snapshot.Engine.IsKnown) || home.Store is { Layers.Count: > 0 } || home.MountedLayers.Any()))
            {
                // An empty root directory is no engine's.
                findings.Suspend($"whether directory entries of {home.Home} have types is not known");
            }
        }
    }
}
