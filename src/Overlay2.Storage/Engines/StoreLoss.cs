using System.Runtime.InteropServices;

namespace Overlay2.Storage.Engines;

/// <summary>How many of the layers that images and containers need are there.</summary>
/// <param name="Referenced">How many records name.</param>
/// <param name="Found">How many of these have a directory.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StoreLoss(int Referenced, int Found)
{
    /// <summary>Of all that the records of a store need; a build cache and unfinished layers can be done without.</summary>
    internal static StoreLoss Of(ILayerStore store)
    {
        LayerReference[] needed = [.. store.References.Where(reference => reference.Kind is not (LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished))];
        return new StoreLoss(needed.Length, needed.Count(reference => store.TryGetLayer(reference.LayerId, out _)));
    }

    /// <summary>Whether layers are named, and none of them is there: what can be seen is not the store, or not its disk.</summary>
    public bool IsTotal => Referenced > 0 && Found == 0;
}
