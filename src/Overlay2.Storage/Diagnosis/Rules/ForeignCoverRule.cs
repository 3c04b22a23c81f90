using System.Globalization;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0002. A mount that hides no other one is found by what is missing below it.</summary>
internal sealed class ForeignCoverRule() : CoverRule("OVL0002", isForeign: true)
{
    public override void Examine(DiagnosisContext context)
    {
        base.Examine(context);
        if (context.Mounts is not { } mounts)
            return;

        foreach (DriverHomeView home in context.Homes)
        {
            if (home is { IsCovered: false, Store: { } store } && mounts.Table.Resolve(home.LayersDirectory) is { } mount
                && (MountView.IsSamePlace(mount.MountPoint, home.Home) || MountView.IsSamePlace(mount.MountPoint, home.LayersDirectory)) && StoreLoss.Measure(store) is { Found: 0, Referenced: > 0 } loss)
            {
                ReportEmpty(context, home, mount, loss);
            }
        }
    }

    protected override string Describe(CoverPile pile) =>
        $"Another file system is mounted over {pile.MountPoint} and hides {pile.Hidden.Length} mounts below it, or their layers. What was there is not lost; containers that run go on.";

    private static void ReportEmpty(DiagnosisContext context, DriverHomeView home, MountEntry mount, StoreLoss loss)
    {
        home.CoveredBecause = $"{home.Home} holds none of the layers that the records name, and another file system is mounted there (see OVL0002)";
        context.Report(
            FindingStatus.Suspected, MountView.Subject(mount), $"The file system mounted on {home.Home} holds none of the layers that the engine's records name: it probably covers the store.",
            $"cover:{mount.MountPoint}", MountView.Describe(mount),
            new FindingEvidence(home.Store!.DataRoot.ToString(), string.Create(CultureInfo.InvariantCulture, $"the records name {loss.Referenced} layers, none of which is there")));
    }
}
