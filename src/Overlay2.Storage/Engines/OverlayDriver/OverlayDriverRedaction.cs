using Overlay2.Storage.Engines.Redaction;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>What may be shown of a driver home of the overlay2 driver.</summary>
internal static class OverlayDriverRedaction
{
    public static IReadOnlyList<OverlayDriverLayer> Layers(IEnumerable<OverlayDriverLayer> layers, Redactor redactor) =>
        [.. layers.Select(layer => Layer(layer, redactor)).OrderBy(layer => layer.Id)];

    public static IReadOnlyList<OverlayDriverShortLink> ShortLinks(IEnumerable<OverlayDriverShortLink> links, Redactor redactor) =>
        [.. links.Select(link => new OverlayDriverShortLink { Name = redactor.Name(link.Name), Type = link.Type, Target = redactor.Path(link.Target) }).OrderBy(link => link.Name)];

    private static OverlayDriverLayer Layer(OverlayDriverLayer layer, Redactor redactor) => new()
    {
        Id = redactor.Name(layer.Id),
        Directory = redactor.Path(layer.Directory),
        Diff = layer.Diff,
        Work = layer.Work,
        IsCommitted = layer.IsCommitted,
        WorkContent = Redactor.Work(layer.WorkContent),
        ModifiedAt = layer.ModifiedAt,
        Inode = layer.Inode,
        Link = redactor.File(layer.Link),
        Lower = redactor.File(layer.Lower),
        LowerLayers = redactor.File(layer.LowerLayers),
        Merged = layer.Merged,
        OtherEntries = redactor.Names(layer.OtherEntries),
    };
}
