namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>What a layer of the overlay2 driver must hold, and what of it is missing.</summary>
internal static class OverlayDriverFaults
{
    private const int MostNamesShown = 8;

    public static IReadOnlyList<LayerFault> Find(OverlayDriverStore store, OverlayDriverLayer layer)
    {
        bool isAbove = store.LayersAboveOthers.Contains(layer.Id);
        return IsWhole(layer, isAbove) ? [] : [.. Faults(store, layer, isAbove)];
    }

    /// <summary>As nearly all layers are; allocates nothing.</summary>
    private static bool IsWhole(OverlayDriverLayer layer, bool isAbove) =>
        layer.Diff == StoreEntryType.Directory && layer.Link.State != StoreFileState.Missing && layer.Merged is StoreEntryType.Missing or StoreEntryType.Directory
        && (!isAbove || (layer.Lower.State != StoreFileState.Missing && (layer.IsCommitted || layer.Work == StoreEntryType.Directory)));

    private static IEnumerable<LayerFault> Faults(OverlayDriverStore store, OverlayDriverLayer layer, bool isAbove)
    {
        bool isFound = false;
        if (LayerFault.Is(layer.Diff))
        {
            isFound = true;
            yield return LayerFault.NoDirectory(layer.DiffPath, layer.Diff);
        }

        if (layer.Link.State == StoreFileState.Missing)
        {
            isFound = true;
            yield return new LayerFault(layer.Directory.Combine(OverlayDriverNames.Link), "there is no such file") { Expected = store.GetExpectedLink(layer.Id) };
        }

        if (isAbove && layer.Lower.State == StoreFileState.Missing)
        {
            isFound = true;
            yield return new LayerFault(layer.Directory.Combine(OverlayDriverNames.Lower), "there is no such file, although the records have layers below this one")
            {
                Expected = store.GetExpectedLower(layer.Id),
            };
        }

        if (store.NeedsWorkDirectory(layer) && LayerFault.Is(layer.Work))
        {
            isFound = true;
            yield return LayerFault.NoDirectory(layer.WorkPath, layer.Work);
        }

        if (layer.Merged is not StoreEntryType.Missing && LayerFault.Is(layer.Merged))
        {
            isFound = true;
            yield return LayerFault.NoDirectory(layer.MergedPath, layer.Merged);
        }

        if (isFound && layer.OtherEntries.Count > 0)
            yield return new LayerFault(layer.Directory, $"there is also {string.Join(", ", layer.OtherEntries.Take(MostNamesShown))}");
    }
}
