using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Stores;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>OVL0113.</summary>
internal sealed class IncompleteLayerRule() : LibraryRule("OVL0113", DiagnosisStage.Store)
{
    public override void Examine(DiagnosisContext context)
    {
        foreach (StoreView view in context.OpenStores())
        {
            HashSet<ByteString> withLayersBelow = FindLayersAboveOthers(view.Store);
            foreach (DockerLayer layer in view.Needed)
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

    private static bool IsWhole(DockerLayer layer, bool isAbove) =>
        layer.Diff == StoreEntryType.Directory && layer.Link.State != StoreFileState.Missing && layer.Merged is StoreEntryType.Missing or StoreEntryType.Directory
        && (!isAbove || (layer.Lower.State != StoreFileState.Missing && (layer.IsCommitted || layer.Work == StoreEntryType.Directory)));

    private static string Describe(StoreView view, DockerLayer layer) => layer.Diff == StoreEntryType.Missing
        ? view.FindContainer(layer.Id) is { } container ? $"The files that container {container.Name} has written are not at their place." : "The files of a layer are not at their place."
        : "A part of a layer is missing: what is above it does not start, or not with the right files.";

    private static IEnumerable<FindingEvidence> Faults(DockerClassicStore store, DockerLayer layer, bool isAbove)
    {
        if (IsFault(layer.Diff))
            yield return Fault(layer.DiffPath, layer.Diff);
        if (layer.Link.State == StoreFileState.Missing)
        {
            string path = layer.Directory.Combine(DockerNames.Link).ToString();
            yield return new FindingEvidence(path, "there is no such file");
            yield return StoreEvidence.Expected(path, store.GetExpectedLink(layer.Id));
        }

        if (isAbove && layer.Lower.State == StoreFileState.Missing)
        {
            string path = layer.Directory.Combine(DockerNames.Lower).ToString();
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

    /// <summary>The layers that, by the records, have others below them.</summary>
    private static HashSet<ByteString> FindLayersAboveOthers(DockerClassicStore store)
    {
        HashSet<ByteString> above = [];
        foreach (DockerImageLayer layer in store.ImageLayers)
        {
            if (!layer.Parent.Trimmed.IsEmpty)
                above.Add(layer.CacheId.Trimmed);
        }

        foreach (DockerContainerLayer layer in store.ContainerLayers)
        {
            bool hasImage = !layer.Parent.Trimmed.IsEmpty;
            if (hasImage || !layer.InitId.Trimmed.IsEmpty)
                above.Add(layer.MountId.Trimmed);
            if (hasImage)
                above.Add(layer.InitId.Trimmed);
        }

        foreach (DockerBuildCacheRecord record in store.BuildCache)
        {
            if (!record.Parent.IsEmpty)
                above.Add(record.Key);
        }

        // Where a record is lost, a layer's own lower file still says that there are layers below.
        foreach (DockerLayer layer in store.Layers)
        {
            if (layer.Lower.HasContent)
                above.Add(layer.Id);
        }

        above.Remove(default);
        return above;
    }
}
