using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.ContainersStorage;

namespace Overlay2.Storage.PropertyTests.Engines;

internal sealed class NaiveContainersReferences(ContainersStorageStore store) : NaiveRecordReferences(store, store.OtherEntries)
{
    protected override void Follow()
    {
        string images = Root + "/overlay-images/images.json";
        foreach (ContainersImage image in store.Images)
        {
            foreach (string name in image.Names)
                Say(RecordKind.Repository, Utf(name), images, RecordKind.Image, T(image.Id), Yes);
            if (!image.TopLayer.IsEmpty)
                Say(RecordKind.Image, T(image.Id), images, RecordKind.LayerRecord, T(image.TopLayer), RecordThere(T(image.TopLayer), store.ImageStores.Count > 0));
            foreach (ByteString mapped in image.MappedLayers)
            {
                Say(
                    RecordKind.Image, T(image.Id), images, RecordKind.LayerRecord, T(mapped),
                    mapped.IsEmpty ? Gone(IsUnread(images), "EmptyRecord") : RecordThere(T(mapped), store.ImageStores.Count > 0));
            }

            if (!store.KnowsRecordReferences)
                Say(RecordKind.Image, T(image.Id), images, RecordKind.LayerRecord, "", Perhaps("NotRead"));
        }

        foreach (ContainersContainer container in store.Containers)
        {
            string file = Root + "/overlay-containers/" + (container.IsVolatile ? "volatile-containers.json" : "containers.json");
            if (container.Name.Length > 0)
                Say(RecordKind.ContainerName, Utf(container.Name), file, RecordKind.Container, T(container.Id), Yes);
            if (!container.ImageId.IsEmpty)
                Say(RecordKind.Container, T(container.Id), file, RecordKind.Image, T(container.ImageId), ImageThere(T(container.ImageId)));
            Say(
                RecordKind.Container, T(container.Id), file, RecordKind.LayerRecord, T(container.LayerId),
                container.LayerId.IsEmpty ? Gone(IsUnread(file), "EmptyRecord") : RecordThere(T(container.LayerId), canBeElsewhere: false));
        }

        foreach (ContainersLayerRecord record in store.LayerRecords)
        {
            string file = Root + "/overlay-layers/" + (record.IsVolatile ? "volatile-layers.json" : "layers.json");
            if (!record.Parent.IsEmpty)
                Say(RecordKind.LayerRecord, T(record.Id), file, RecordKind.LayerRecord, T(record.Parent), RecordThere(T(record.Parent), store.ImageStores.Count > 0));
            string directory = LayerThere(T(record.Id));
            Say(
                RecordKind.LayerRecord, T(record.Id), file, RecordKind.Layer, T(record.Id),
                record.IsIncomplete && directory.StartsWith("Dangling", StringComparison.Ordinal) ? Perhaps("Unfinished") : directory);
        }

        FollowDriverHome(store, store.ImageStores.Count > 0, id => store.LayerRecords.Any(record => T(record.Id) == id && !record.Parent.IsEmpty));
    }

    private string RecordThere(string id, bool canBeElsewhere)
    {
        if (store.LayerRecords.Any(record => T(record.Id) == id))
            return Yes;
        if (IsUnread(Root + "/overlay-layers/layers.json") || IsUnread(Root + "/overlay-layers/volatile-layers.json"))
            return Perhaps("Unreadable");
        return canBeElsewhere ? Perhaps("InAnotherStore") : No("NoSuchRecord");
    }

    private string ImageThere(string id)
    {
        if (store.Images.Any(image => T(image.Id) == id))
            return Yes;
        if (IsUnread(Root + "/overlay-images/images.json"))
            return Perhaps("Unreadable");
        return store.ImageStores.Count > 0 ? Perhaps("InAnotherStore") : No("NoSuchRecord");
    }
}
