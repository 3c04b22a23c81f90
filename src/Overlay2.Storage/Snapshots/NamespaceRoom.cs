using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>How much of a snapshot's file the mounts of other namespaces may take: those that come first keep their place, however much of theirs somebody else makes.</summary>
/// <param name="maxBytes">Bytes of the file; see <see cref="SnapshotSize.Weight"/>.</param>
internal sealed class NamespaceRoom(long maxBytes)
{
    private long _taken;

    /// <summary>The mounts, or why there is no room for them.</summary>
    public SnapshotPart<MountTable> Take(MountTable table)
    {
        var mounts = SnapshotPart.Known(table);
        long weight = SnapshotJson.Measure(SnapshotFile.Write(mounts, MountTableFile.Of)!, SnapshotJson.NamespaceMounts).Weight;
        if (weight > maxBytes - _taken)
            return SnapshotPart.Failed<MountTable>($"does not fit in what is left of the {maxBytes} bytes that the mounts of all other namespaces may take of a snapshot's file");
        _taken += weight;
        return mounts;
    }
}
