using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>The references between the records of a <see cref="DockerClassicStore"/>.</summary>
internal sealed class DockerRecordReferences : DriverRecordReferences
{
    private readonly DockerClassicStore _store;
    private readonly HashSet<ByteString> _images;
    private readonly HashSet<ByteString> _buildKeys;
    private readonly bool _areImagesUnread;
    private readonly bool _areChainsUnread;
    private readonly bool _areMountRecordsUnread;
    private readonly bool _areContainersUnread;
    private readonly bool _isBuildCacheUnread;

    public DockerRecordReferences(DockerClassicStore store, RecordReferenceList list)
        : base(store, hasOtherStores: false, list)
    {
        _store = store;
        _images = [.. store.Images.Select(image => image.Id)];
        _buildKeys = [.. store.BuildCache.Select(record => record.Key)];
        BytePath layerDatabase = store.DataRoot.Combine(DockerNames.LayerDatabase);
        BytePath mounts = layerDatabase.Combine(DockerNames.Mounts);
        _areImagesUnread = Unread.Hold(store.DataRoot.Combine(DockerNames.ImageContents));
        _areChainsUnread = Unread.HoldAnyIn(layerDatabase, except: mounts);
        _areMountRecordsUnread = Unread.Hold(mounts);
        _areContainersUnread = Unread.Hold(store.DataRoot.Combine(DockerNames.Containers));
        _isBuildCacheUnread = Unread.Hold(store.DataRoot.Combine(DockerNames.BuildCacheSnapshots));
        AddRepositories();
        AddImages();
        AddChains();
        AddMountRecords();
        AddContainers();
        AddBuildCache();
        AddDriverHome();
    }

    private void AddRepositories()
    {
        BytePath source = _store.DataRoot.Combine(DockerNames.Repositories);
        if (!_store.KnowsRecordReferences)
        {
            foreach (DockerImage image in _store.Images)
            {
                foreach (string name in image.References)
                    List.Add(new RecordIdentity(RecordKind.Repository, TextOf(name)), source, new RecordIdentity(RecordKind.Image, image.Id), RecordOutcome.Resolved);
            }

            List.Add(new RecordIdentity(RecordKind.Repository, default), source, new RecordIdentity(RecordKind.Image, default), RecordOutcome.NotKnown(RecordReferenceReason.NotRead));
            return;
        }

        foreach (DockerRepositoryName name in _store.RepositoryNames)
        {
            List.Add(
                new RecordIdentity(RecordKind.Repository, name.Name), source, new RecordIdentity(RecordKind.Image, name.ImageId),
                name.ImageId.IsEmpty ? RecordOutcome.Dangling(RecordReferenceReason.EmptyRecord) : FindImage(name.ImageId));
        }

        if (Unread.Hold(source))
            List.Add(new RecordIdentity(RecordKind.Repository, default), source, new RecordIdentity(RecordKind.Image, default), RecordOutcome.Unreadable);
    }

    private void AddImages()
    {
        BytePath directory = _store.DataRoot.Combine(DockerNames.ImageContents);
        Dictionary<BytePath, StoreProblem> problems = _store.ReadProblems.FirstByKey(problem => problem.Path);
        foreach (DockerImage image in _store.Images)
        {
            var from = new RecordIdentity(RecordKind.Image, image.Id);
            BytePath source = image.Source(directory);
            foreach (ByteString chainId in image.ChainIds)
                List.Add(from, source, new RecordIdentity(RecordKind.Chain, chainId), FindChain(chainId));
            if (problems.TryGetValue(source, out StoreProblem? found))
                List.Add(from, source, new RecordIdentity(RecordKind.Chain, default), RecordOutcome.Of(found));
        }
    }

    private void AddChains()
    {
        foreach (DockerImageLayer layer in _store.ImageLayers)
        {
            var from = new RecordIdentity(RecordKind.Chain, layer.ChainId);
            if (layer.Parent.State != StoreFileState.Missing || layer.HasLostParent)
                AddFile(from, layer.Directory.Combine(DockerNames.Parent), layer.Parent, RecordKind.Chain, FindChain);
            AddFile(from, layer.Directory.Combine(DockerNames.CacheId), layer.CacheId, RecordKind.Layer, FindLayer);
        }
    }

    private void AddMountRecords()
    {
        foreach (DockerContainerLayer layer in _store.ContainerLayers)
        {
            var from = new RecordIdentity(RecordKind.MountRecord, layer.ContainerId);
            List.Add(from, layer.Directory, new RecordIdentity(RecordKind.Container, layer.ContainerId), FindContainer(layer.ContainerId));

            // A container can do without an image, and without the layer that the engine puts its files in.
            if (layer.Parent.State != StoreFileState.Missing)
                AddFile(from, layer.Directory.Combine(DockerNames.Parent), layer.Parent, RecordKind.Chain, FindChain);
            AddFile(from, layer.Directory.Combine(DockerNames.MountId), layer.MountId, RecordKind.Layer, FindLayer);
            if (layer.InitId.State != StoreFileState.Missing)
                AddFile(from, layer.Directory.Combine(DockerNames.InitId), layer.InitId, RecordKind.Layer, FindLayer);
        }
    }

    private void AddContainers()
    {
        BytePath directory = _store.DataRoot.Combine(DockerNames.Containers);
        foreach (DockerContainer container in _store.Containers)
        {
            var from = new RecordIdentity(RecordKind.Container, container.Id);
            BytePath source = directory.Combine(new BytePath(container.Id)).Combine(DockerNames.Configuration);
            ByteString imageId = TextOf(container.ImageId);
            if (!imageId.IsEmpty)
                List.Add(from, source, new RecordIdentity(RecordKind.Image, imageId), container.IsElsewhere ? RecordOutcome.NotKnown(RecordReferenceReason.InAnotherStore) : FindImage(imageId));
            else if (container.Problem is { } problem && problem.Path.FileName == DockerNames.Configuration.Bytes)
                List.Add(from, source, new RecordIdentity(RecordKind.Image, default), RecordOutcome.Of(problem));
            List.Add(
                from, source, new RecordIdentity(RecordKind.MountRecord, container.Id),
                _store.TryGetContainerLayer(container.Id, out _) ? RecordOutcome.Resolved
                : container.IsElsewhere ? RecordOutcome.NotKnown(RecordReferenceReason.InAnotherStore)
                : RecordOutcome.Absent(_areMountRecordsUnread, RecordReferenceReason.NoSuchRecord));
        }
    }

    private void AddBuildCache()
    {
        BytePath source = _store.DataRoot.Combine(DockerNames.BuildCacheSnapshots);
        foreach (DockerBuildCacheRecord record in _store.BuildCache)
        {
            var from = new RecordIdentity(RecordKind.BuildRecord, record.Key);
            List.AddUnlessEmpty(from, source, new RecordIdentity(RecordKind.Chain, record.ChainId), FindChain(record.ChainId));
            if (!record.Committed.IsEmpty)
                List.Add(from, source, new RecordIdentity(RecordKind.Layer, record.Committed), FindLayer(record.Committed));

            // The key of a snapshot that is being made is the id of its layer, and that of an image's layer the chain id.
            else if (record.ChainId.IsEmpty && record.Key.Span.Contains((byte)':'))
                List.Add(from, source, new RecordIdentity(RecordKind.Chain, record.Key), FindChain(record.Key));
            else if (record.ChainId.IsEmpty)
                List.Add(from, source, new RecordIdentity(RecordKind.Layer, record.Key), FindLayer(record.Key));
            if (!record.Parent.IsEmpty)
                AddBuildParent(from, source, record.Parent);
        }
    }

    /// <summary>A snapshot's parent is a key, or the chain id of an image layer itself.</summary>
    private void AddBuildParent(RecordIdentity from, BytePath source, ByteString parent)
    {
        bool isKey = _buildKeys.Contains(parent);
        if (!isKey && (parent.Span.Contains((byte)':') || _store.TryGetImageLayer(parent, out _)))
            List.Add(from, source, new RecordIdentity(RecordKind.Chain, parent), FindChain(parent));
        else
            List.Add(from, source, new RecordIdentity(RecordKind.BuildRecord, parent), isKey ? RecordOutcome.Resolved : RecordOutcome.Absent(_isBuildCacheUnread, RecordReferenceReason.NoSuchRecord));
    }

    private RecordOutcome FindImage(ByteString id) =>
        _images.Contains(id) ? RecordOutcome.Resolved : RecordOutcome.Absent(_areImagesUnread, RecordReferenceReason.NoSuchRecord);

    private RecordOutcome FindChain(ByteString id) =>
        _store.TryGetImageLayer(id, out _) ? RecordOutcome.Resolved : RecordOutcome.Absent(_areChainsUnread, RecordReferenceReason.NoSuchRecord);

    private RecordOutcome FindContainer(ByteString id)
    {
        if (_store.TryGetContainer(id, out _))
            return RecordOutcome.Resolved;

        // BuildKit has such entries for as long as it works on an image's layer, under names of its own that only it remembers.
        return OverlayDriverNames.IsHexadecimalId(id.Span)
            ? RecordOutcome.Absent(_areContainersUnread, RecordReferenceReason.NoSuchRecord)
            : RecordOutcome.NotKnown(RecordReferenceReason.NotRead);
    }
}
