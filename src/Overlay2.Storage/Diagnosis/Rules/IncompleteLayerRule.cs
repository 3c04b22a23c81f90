using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0113.</summary>
internal sealed class IncompleteLayerRule() : LibraryRule("OVL0113", DiagnosisStage.Store)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (StoreView store in context.OpenStores())
        {
            if (store is not DriverStoreView view)
            {
                ExamineSnapshots(context, store);
                continue;
            }

            IReadOnlySet<ByteString> withLayersBelow = view.Store.LayersAboveOthers;
            foreach (OverlayDriverLayer layer in view.Needed)
            {
                bool isAbove = withLayersBelow.Contains(layer.Id);
                if (IsWhole(layer, isAbove))
                    continue;
                List<FindingEvidence> evidence = [.. Faults(view.Store, layer, isAbove)];
                if (evidence.Count > 0)
                    context.Report(FindingStatus.Confirmed, StoreView.Subject(layer), Describe(view, layer), $"layer:{layer.Id}", [.. evidence]);
            }
        }
    }

    /// <summary>Layers of containerd, which have no files beside their two directories.</summary>
    private static void ExamineSnapshots(DiagnosisContext context, StoreView view)
    {
        if (view.Store is not ContainerdSnapshotStore store)
            return;
        foreach (ContainerdLayer layer in view.Needed.OfType<ContainerdLayer>())
        {
            if (!store.TryGetSnapshotOfLayer(layer.Id, out ContainerdSnapshot? snapshot))
                continue;
            List<FindingEvidence> evidence = [];
            if (IsFault(layer.Diff))
                evidence.Add(Fault(layer.DiffPath, layer.Diff));
            if (snapshot.Kind == ContainerdSnapshotKind.Active && IsFault(layer.Work))
                evidence.Add(Fault(layer.WorkPath, layer.Work));
            if (evidence.Count > 0)
                context.Report(FindingStatus.Confirmed, StoreView.Subject(layer), Describe(view, layer), $"layer:{layer.Id}", [.. evidence]);
        }
    }

    private static bool IsWhole(OverlayDriverLayer layer, bool isAbove) =>
        layer.Diff == StoreEntryType.Directory && layer.Link.State != StoreFileState.Missing && layer.Merged is StoreEntryType.Missing or StoreEntryType.Directory
        && (!isAbove || (layer.Lower.State != StoreFileState.Missing && (layer.IsCommitted || layer.Work == StoreEntryType.Directory)));

    private static string Describe(StoreView view, StoredLayer layer) => layer.Diff == StoreEntryType.Missing
        ? view.FindContainer(layer.Id) is { } container ? $"The files that container {container.Name} has written are not at their place." : "The files of a layer are not at their place."
        : "A part of a layer is missing: what is above it does not start, or not with the right files.";

    private static IEnumerable<FindingEvidence> Faults(OverlayDriverStore store, OverlayDriverLayer layer, bool isAbove)
    {
        if (IsFault(layer.Diff))
            yield return Fault(layer.DiffPath, layer.Diff);
        if (layer.Link.State == StoreFileState.Missing)
        {
            string path = layer.Directory.Combine(OverlayDriverNames.Link).ToString();
            yield return new FindingEvidence(path, "there is no such file");
            yield return StoreEvidence.Expected(path, store.GetExpectedLink(layer.Id));
        }

        if (isAbove && layer.Lower.State == StoreFileState.Missing)
        {
            string path = layer.Directory.Combine(OverlayDriverNames.Lower).ToString();
            yield return new FindingEvidence(path, "there is no such file, although the records have layers below this one");
            yield return StoreEvidence.Expected(path, store.GetExpectedLower(layer.Id));
        }

        // A layer that is finished is never written to, and needs no work directory.
        if (isAbove && !layer.IsCommitted && IsFault(layer.Work))
            yield return Fault(layer.WorkPath, layer.Work);
        if (layer.Merged is not StoreEntryType.Missing && IsFault(layer.Merged))
            yield return Fault(layer.MergedPath, layer.Merged);
        if (layer.OtherEntries.Count > 0)
            yield return new FindingEvidence(layer.Directory.ToString(), $"there is also {string.Join(", ", layer.OtherEntries.Take(8))}");
    }

    /// <summary>What could not be looked at is no fault.</summary>
    private static bool IsFault(StoreEntryType type) => type is not (StoreEntryType.Directory or StoreEntryType.Unknown);

    private static FindingEvidence Fault(BytePath path, StoreEntryType type) =>
        new(path.ToString(), type == StoreEntryType.Missing ? "there is no such directory" : $"it is no directory ({type})");
}
