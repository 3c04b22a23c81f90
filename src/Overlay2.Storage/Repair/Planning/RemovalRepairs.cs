using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>OVL0115: what keeps the engine from finishing a removal that somebody asked it for. The removal itself stays the engine's.</summary>
internal static class RemovalRepairs
{
    public static string? Plan(PlanDraft draft, Finding finding, HostStore view)
    {
        BytePath[] layers = [.. view.Containers.Where(container => container.Id == finding.Subject.Id && !container.LayerId.IsEmpty).Select(container => view.PathOf(container.LayerId))];
        if (layers.Length == 1 && view.Home.GetLayerMounts(layers[0].FileName).Any())
            return "its root file system is still mounted: that is a finding of its own; then remove the container again";

        List<RepairStep> steps = [];
        if (layers.Length == 1 && draft.Report.Snapshot.Uppers.TryGet(out ImmutableArray<UpperScan> scans))
        {
            foreach (UpperScan scan in scans.Where(scan => scan.Directory.StartsWith(layers[0])))
            {
                foreach (UpperMark mark in scan.Marks.Where(mark => mark.Kind is UpperMarkKind.Immutable or UpperMarkKind.AppendOnly))
                    steps.Add(Clear(StoreLayout.Place(view.Store, view.Store.DriverHome.Combine(new BytePath(layers[0].FileName)).Combine(OverlayDriverNames.Diff).Combine(mark.Path)), mark.Kind));
            }
        }

        return steps.Count == 0 ? "what keeps the engine from removing it is not seen: remove the container again, and read the engine's answer" : draft.Add(finding, steps);
    }

    private static RepairStep Clear(StorePlace place, UpperMarkKind kind)
    {
        EntryAttribute attribute = kind == UpperMarkKind.Immutable ? EntryAttribute.Immutable : EntryAttribute.AppendOnly;
        return new RepairStep
        {
            Title = $"Clear the attribute {attribute} of {place}",
            Action = new SetAttributeAction(place, attribute, IsSet: false),
            Preconditions = [new AttributePredicate(place, attribute, IsSet: true)],
            Postconditions = [new AttributePredicate(place, attribute, IsSet: false)],
            Risk = RepairRisk.R2,
            Effect = "the engine can remove the container when it is asked again",
            Undo = [new SetAttributeAction(place, attribute, IsSet: true)],
        };
    }
}
