using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>The images above blobs and snapshots, by the labels of the blobs. Linear in the records.</summary>
internal sealed class ContainerdContentGraph
{
    private readonly ContainerdSnapshotStore _store;
    private readonly ILookup<(ByteString Namespace, ByteString Digest), ByteString> _above;
    private readonly ILookup<(ByteString Namespace, ByteString Name), ByteString> _aboveSnapshots;

    public ContainerdContentGraph(ContainerdSnapshotStore store)
    {
        _store = store;
        _above = store.ContentRecords.SelectMany(record => record.Contents.Select(content => (record.Namespace, Content: content, record.Digest)))
            .ToLookup(pair => (pair.Namespace, pair.Content), pair => pair.Digest);
        _aboveSnapshots = store.ContentRecords.SelectMany(record => record.SnapshotNames.Select(name => (record.Namespace, Name: name, record.Digest)))
            .ToLookup(pair => (pair.Namespace, pair.Name), pair => pair.Digest);
    }

    /// <summary>The images that need a blob which is not there: their own, or one that has a record.</summary>
    public IReadOnlyList<ContainerdImageContent> FindIncomplete()
    {
        HashSet<ByteString> missing = [.. _store.Contents.Where(content => content.State == ContainerdContentState.Missing).Select(content => content.Digest)];
        Dictionary<(ByteString, ByteString), ByteString> broken = Spread(
            _store.ContentRecords.Where(record => missing.Contains(record.Digest)).Select(record => (record.Namespace, record.Digest, record.Digest))
                .Concat(_store.Images.Where(image => missing.Contains(image.Digest)).Select(image => (image.Namespace, image.Digest, image.Digest))));
        return [.. _store.Images.Where(image => broken.ContainsKey((image.Namespace, image.Digest))).Select(image => new ContainerdImageContent(image, broken[(image.Namespace, image.Digest)]))];
    }

    /// <summary>The images that one of some snapshots is of.</summary>
    public IEnumerable<ContainerdImage> FindImages(IEnumerable<ContainerdSnapshotName> names)
    {
        Dictionary<(ByteString, ByteString), ByteString> reached = Spread(names.SelectMany(name => _aboveSnapshots[(name.Namespace, name.Name)].Select(digest => (name.Namespace, digest, digest))));
        return _store.Images.Where(image => reached.ContainsKey((image.Namespace, image.Digest)));
    }

    /// <summary>The blobs above some, each with one of those that it is above.</summary>
    private Dictionary<(ByteString Namespace, ByteString Digest), ByteString> Spread(IEnumerable<(ByteString Namespace, ByteString Digest, ByteString Witness)> start)
    {
        Dictionary<(ByteString, ByteString), ByteString> reached = [];
        Stack<(ByteString Namespace, ByteString Digest, ByteString Witness)> pending = new(start);
        while (pending.TryPop(out (ByteString Namespace, ByteString Digest, ByteString Witness) next))
        {
            if (!reached.TryAdd((next.Namespace, next.Digest), next.Witness))
                continue;
            foreach (ByteString above in _above[(next.Namespace, next.Digest)])
                pending.Push((next.Namespace, above, next.Witness));
        }

        return reached;
    }
}
