using System.Collections.Immutable;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Makes a snapshot such that its file is loaded again.</summary>
internal static class SnapshotFit
{
    /// <summary>The snapshot, or the one without the greatest tables of other mount namespaces.</summary>
    /// <param name="snapshot">A snapshot without secrets.</param>
    /// <param name="maxLength">What it is to be loaded with.</param>
    /// <param name="text">Its file.</param>
    /// <exception cref="SnapshotFormatException">It is larger without any of them.</exception>
    public static StorageSnapshot Apply(StorageSnapshot snapshot, int maxLength, out JsonPieces text)
    {
        var file = SnapshotFile.Of(snapshot);
        text = SnapshotJson.Write(file, maxLength);
        if (text.Size.FitsIn(maxLength))
            return snapshot;

        if (file.OtherNamespaces is { Status: SnapshotPartStatus.Known } namespaces)
        {
            snapshot = LeaveOut(snapshot, namespaces.Value, text.Size, maxLength);
            text = SnapshotJson.Write(SnapshotFile.Of(snapshot), maxLength);
        }

        return text.Size.FitsIn(maxLength)
            ? snapshot
            : throw new SnapshotFormatException(
                $"The snapshot has {text.Size.Bytes} bytes and up to {text.Size.Commas} values. One that is loaded with a bound of {maxLength} bytes has at most these and {SnapshotSize.MostValues(maxLength)} values.");
    }

    private static StorageSnapshot LeaveOut(StorageSnapshot snapshot, ImmutableArray<NamespaceFile> files, SnapshotSize size, int maxLength)
    {
        ImmutableArray<SnapshotNamespace>.Builder namespaces = snapshot.OtherNamespaces.Value.ToBuilder();
        SnapshotPart<MountTable> none = SnapshotPart.Failed<MountTable>($"left out of the file: with the mounts of all namespaces it would have more bytes or values than a snapshot of at most {maxLength} bytes may have");
        SnapshotSize instead = SnapshotJson.Measure(SnapshotFile.Write(none, MountTableFile.Of)!, SnapshotJson.NamespaceMounts);
        foreach ((int index, SnapshotSize table) in files
            .Select((file, index) => (index, Size: file.Mounts is { Status: SnapshotPartStatus.Known } mounts ? SnapshotJson.Measure(mounts, SnapshotJson.NamespaceMounts) : default))
            .OrderByDescending(table => table.Size.Weight))
        {
            if (size.FitsIn(maxLength) || table.Weight <= instead.Weight)
                break;
            namespaces[index] = namespaces[index] with { Mounts = none };
            size += instead - table;
        }

        return snapshot with { OtherNamespaces = SnapshotPart.Known(namespaces.DrainToImmutable()) };
    }
}
