namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>What a layer of the overlay2 driver must hold, and what of it is missing.</summary>
internal static class OverlayDriverFaults
{
    private const int MostNamesShown = 8;

    public static IReadOnlyList<LayerFault> Find(OverlayDriverStore store, OverlayDriverLayer layer)
    {
        bool isAbove = store.LayersAboveOthers.Contains(layer.Id);
        return IsWhole(store, layer, isAbove) ? [] : Faults(store, layer, isAbove);
    }

    /// <summary>As nearly all layers are; allocates nothing.</summary>
    private static bool IsWhole(OverlayDriverStore store, OverlayDriverLayer layer, bool isAbove) =>
        layer.Diff == StoreEntryType.Directory && (layer.Link.State != StoreFileState.Missing || !store.NeedsShortName(layer)) && layer.Merged is StoreEntryType.Missing or StoreEntryType.Directory
        && (!isAbove || ((layer.Lower.State != StoreFileState.Missing || layer.NamesLayersById) && (layer.IsCommitted || layer.Work == StoreEntryType.Directory)));

    private static List<LayerFault> Faults(OverlayDriverStore store, OverlayDriverLayer layer, bool isAbove)
    {
        List<LayerFault> faults = [];
        if (LayerFault.Is(layer.Diff))
            faults.Add(LayerFault.NoDirectory(layer.DiffPath, layer.Diff));
        if (layer.Link.State == StoreFileState.Missing && store.NeedsShortName(layer))
            faults.Add(new LayerFault(layer.Directory.Combine(OverlayDriverNames.Link), "there is no such file") { Expected = store.GetExpectedLink(layer.Id) });
        if (isAbove && layer.Lower.State == StoreFileState.Missing && !layer.NamesLayersById)
        {
            faults.Add(new LayerFault(layer.Directory.Combine(OverlayDriverNames.Lower), "there is no such file, although the records have layers below this one")
            {
                Expected = store.GetExpectedLower(layer.Id),
            });
        }

        if (store.NeedsWorkDirectory(layer) && LayerFault.Is(layer.Work))
            faults.Add(LayerFault.NoDirectory(layer.WorkPath, layer.Work));
        if (layer.Merged is not StoreEntryType.Missing && LayerFault.Is(layer.Merged))
            faults.Add(LayerFault.NoDirectory(layer.MergedPath, layer.Merged));
        if (faults.Count > 0 && layer.OtherEntries.Count > 0)
            faults.Add(new LayerFault(layer.Directory, $"there is also {string.Join(", ", layer.OtherEntries.Take(MostNamesShown))}"));
        return faults;
    }
}
