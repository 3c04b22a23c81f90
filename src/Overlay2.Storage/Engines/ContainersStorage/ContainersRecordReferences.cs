using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>The references between the records of a <see cref="ContainersStorageStore"/>.</summary>
/// <remarks>Images, and layers below those of this store, can be in a read-only store that the configuration names.</remarks>
internal sealed class ContainersRecordReferences : DriverRecordReferences
{
    private readonly ContainersStorageStore _store;
    private readonly HashSet<ByteString> _imageIds;
    private readonly bool _areLayersUnread;
    private readonly bool _areImagesUnread;

    public ContainersRecordReferences(ContainersStorageStore store, RecordReferenceList list)
        : base(store, store.ImageStores.Count > 0, list)
    {
        _store = store;
        _imageIds = [.. store.Images.Select(image => image.Id)];
        _areLayersUnread = Unread.Hold(PathOf(ContainersNames.Layers)) || Unread.Hold(PathOf(ContainersNames.VolatileLayers));
        _areImagesUnread = Unread.Hold(PathOf(ContainersNames.Images));
        AddImages();
        AddContainers();
        AddLayerRecords();
        AddDriverHome();
    }

    private void AddImages()
    {
        BytePath source = PathOf(ContainersNames.Images);
        foreach (ContainersImage image in _store.Images)
        {
            var identity = new RecordIdentity(RecordKind.Image, image.Id);
            foreach (string name in image.Names)
                List.Add(new RecordIdentity(RecordKind.Repository, TextOf(name)), source, identity, RecordOutcome.Resolved);
            List.AddUnlessEmpty(identity, source, new RecordIdentity(RecordKind.LayerRecord, image.TopLayer), FindLayerRecord(image.TopLayer, HasOtherStores));
            if (!_store.KnowsRecordReferences)
                List.Add(identity, source, new RecordIdentity(RecordKind.LayerRecord, default), RecordOutcome.NotKnown(RecordReferenceReason.NotRead));
            foreach (ByteString mapped in image.MappedLayers)
                List.Add(identity, source, new RecordIdentity(RecordKind.LayerRecord, mapped), mapped.IsEmpty ? EmptyIn(source) : FindLayerRecord(mapped, HasOtherStores));
        }
    }

    private void AddContainers()
    {
        foreach (ContainersContainer container in _store.Containers)
        {
            var identity = new RecordIdentity(RecordKind.Container, container.Id);
            BytePath source = PathOf(container.IsVolatile ? ContainersNames.VolatileContainers : ContainersNames.Containers);
            if (container.Name.Length > 0)
                List.Add(new RecordIdentity(RecordKind.ContainerName, TextOf(container.Name)), source, identity, RecordOutcome.Resolved);
            List.AddUnlessEmpty(identity, source, new RecordIdentity(RecordKind.Image, container.ImageId), FindImage(container.ImageId));

            // Every container has a layer to write to, which no read-only store can hold.
            List.Add(
                identity, source, new RecordIdentity(RecordKind.LayerRecord, container.LayerId),
                container.LayerId.IsEmpty ? EmptyIn(source) : FindLayerRecord(container.LayerId, canBeElsewhere: false));
        }
    }

    private void AddLayerRecords()
    {
        foreach (ContainersLayerRecord record in _store.LayerRecords)
        {
            var identity = new RecordIdentity(RecordKind.LayerRecord, record.Id);
            BytePath source = PathOf(record.IsVolatile ? ContainersNames.VolatileLayers : ContainersNames.Layers);
            List.AddUnlessEmpty(identity, source, new RecordIdentity(RecordKind.LayerRecord, record.Parent), FindLayerRecord(record.Parent, HasOtherStores));
            RecordOutcome directory = FindLayer(record.Id);
            if (record.IsIncomplete && directory.Resolution == RecordResolution.Dangling)
                directory = RecordOutcome.NotKnown(RecordReferenceReason.Unfinished);
            List.Add(identity, source, new RecordIdentity(RecordKind.Layer, record.Id), directory);
        }
    }

    private RecordOutcome FindImage(ByteString id) => _imageIds.Contains(id) ? RecordOutcome.Resolved : RecordOutcome.Absent(_areImagesUnread, RecordReferenceReason.NoSuchRecord, HasOtherStores);

    private RecordOutcome FindLayerRecord(ByteString id, bool canBeElsewhere) =>
        _store.TryGetLayerRecord(id, out _) ? RecordOutcome.Resolved : RecordOutcome.Absent(_areLayersUnread, RecordReferenceReason.NoSuchRecord, canBeElsewhere);

    /// <summary>An id that is not there, or that was of another type and left out, as the file's problem then says.</summary>
    private RecordOutcome EmptyIn(BytePath source) => RecordOutcome.Absent(Unread.Hold(source), RecordReferenceReason.EmptyRecord);

    private BytePath PathOf(BytePath file) => _store.DataRoot.Combine(file);
}
