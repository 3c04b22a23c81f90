using System.Runtime.InteropServices;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>How many of the layers that images and containers need are there.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StoreLoss(int Referenced, int Found)
{
    public static StoreLoss Measure(ILayerStore store)
    {
        // Where the snapshotter's records are gone with the layers, containerd's own still name the snapshots.
        if (store is ContainerdSnapshotStore { Snapshots.Count: 0, SnapshotNames.Count: > 0 } containerd)
            return new StoreLoss(containerd.SnapshotNames.Count, containerd.Layers.Count);

        int referenced = 0;
        int found = 0;
        foreach (LayerReference reference in store.References)
        {
            if (reference.Kind is LayerReferenceKind.BuildCache or LayerReferenceKind.Unfinished)
                continue;
            referenced++;
            if (store.TryGetLayer(reference.LayerId, out _))
                found++;
        }

        return new StoreLoss(referenced, found);
    }
}
