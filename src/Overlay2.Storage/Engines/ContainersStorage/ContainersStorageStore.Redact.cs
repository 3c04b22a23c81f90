using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines.ContainersStorage;

// What may be shown of a store: a member that is not listed here is not in a redacted one.
public sealed partial record ContainersStorageStore
{
    private protected override OverlayDriverStore Redact(Redactor redactor) => new ContainersStorageStore
    {
        DataRoot = redactor.Path(DataRoot),
        Home = Redactor.Home(Home),
        Quarantine = redactor.Quarantine(Quarantine),
        Layers = OverlayDriverRedaction.Layers(Layers, redactor),
        OtherEntries = redactor.Names(OtherEntries),
        ShortLinkDirectory = ShortLinkDirectory,
        ShortLinks = OverlayDriverRedaction.ShortLinks(ShortLinks, redactor),
        ImageStores = [.. ImageStores.Select(redactor.Path)],
        LayerRecords = [.. LayerRecords.Select(record => Redact(record, redactor)).OrderBy(record => record.Id)],
        Containers = [.. Containers.Select(container => Redact(container, redactor)).OrderBy(container => container.Id)],
        Images = [.. Images.Select(image => Redact(image, redactor)).OrderBy(image => image.Id)],
        UnreadParts = [.. UnreadParts.Select(_ => Redactor.LeftOut)],
        KnowsRecordReferences = KnowsRecordReferences,
        ReadProblems = [.. ReadProblems.Select(redactor.Problem)],
    };

    private static ContainersLayerRecord Redact(ContainersLayerRecord record, Redactor redactor) => new()
    {
        Id = redactor.Name(record.Id),
        Parent = redactor.Name(record.Parent),
        IsIncomplete = record.IsIncomplete,
        IsVolatile = record.IsVolatile,
    };

    private static ContainersContainer Redact(ContainersContainer container, Redactor redactor) => new()
    {
        Id = redactor.Name(container.Id),
        Name = redactor.Text(container.Name),
        LayerId = redactor.Name(container.LayerId),
        ImageId = redactor.Name(container.ImageId),
        IsVolatile = container.IsVolatile,
    };

    private static ContainersImage Redact(ContainersImage image, Redactor redactor) => new()
    {
        Id = redactor.Name(image.Id),
        Names = [.. image.Names.Select(redactor.Text)],
        TopLayer = redactor.Name(image.TopLayer),
        MappedLayers = [.. image.MappedLayers.Select(redactor.Name)],
    };
}
