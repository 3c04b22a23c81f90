using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.OverlayDriver;

// Members of the interface that are not public, for the engines with this layout to change.
public abstract partial record OverlayDriverStore
{
    bool ILayerStore.IsBare => IsBare;

    private protected virtual bool IsBare => false;

    bool ILayerStore.IsBetweenTwoMoments(IReadOnlyDictionary<int, string>? containerOfProcess) => IsBetweenTwoMoments(containerOfProcess);

    /// <inheritdoc cref="ILayerStore.IsBetweenTwoMoments"/>
    private protected virtual bool IsBetweenTwoMoments(IReadOnlyDictionary<int, string>? containerOfProcess) => false;

    IEnumerable<StoredLayer> ILayerStore.FindScannedLayers(bool all) => FindScannedLayers(all);

    /// <inheritdoc cref="ILayerStore.FindScannedLayers"/>
    private protected virtual IEnumerable<OverlayDriverLayer> FindScannedLayers(bool all) => [];

    bool ILayerStore.TryFindDriverHomes(IFileTree tree, out ImmutableArray<BytePath> homes, [NotNullWhen(false)] out StoreProblem? problem) =>
        TryFindDriverHomes(tree, out homes, out problem);

    /// <inheritdoc cref="ILayerStore.TryFindDriverHomes"/>
    private protected virtual bool TryFindDriverHomes(IFileTree tree, out ImmutableArray<BytePath> homes, [NotNullWhen(false)] out StoreProblem? problem)
    {
        homes = Layers.Count > 0 ? [DriverHome] : [];
        problem = null;
        return true;
    }
}
