using System.Globalization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0002. A mount that hides no other one is found by what is missing below it.</summary>
internal sealed class ForeignCoverRule() : CoverRule(FindingIds.ForeignCover, isForeign: true)
{
    public override void Examine(HostView host, FindingSink findings)
    {
        base.Examine(host, findings);
        foreach (DriverHome home in host.Homes)
        {
            if (home.Cover is { Kind: HomeCoverKind.Empty, Mount: { } mount } cover)
                ReportEmpty(findings, home, mount, cover.Loss);
        }
    }

    protected override string Describe(CoverPile pile) => !pile.OpenFiles.IsEmpty
        ? $"Another file system was mounted over {pile.MountPoint} after the engine started: what the engine has open there lies below it. What was there is not lost." :
        $"Another file system is mounted over {pile.MountPoint} and hides {pile.Hidden.Length} mounts below it, or their layers. What was there is not lost; containers that run go on.";

    private static void ReportEmpty(FindingSink findings, DriverHome home, MountEntry mount, StoreLoss loss)
    {
        findings.Report(
            FindingStatus.Suspected, FindingSubject.Of(mount), $"The file system mounted on {home.Home} holds none of the layers that the engine's records name: it probably covers the store.",
            $"cover:{mount.MountPoint}", FindingEvidence.Of(mount),
            new FindingEvidence(home.Store!.DataRoot.ToString(), string.Create(CultureInfo.InvariantCulture, $"the records name {loss.Referenced} layers, none of which is there")));
    }
}
