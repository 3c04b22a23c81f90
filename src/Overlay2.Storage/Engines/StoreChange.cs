namespace Overlay2.Storage.Engines;

/// <summary>The parts of a store that a repair changes, as they are afterwards.</summary>
/// <remarks>Parts that only some engines have are given as those engines' own records.</remarks>
internal sealed record StoreChange
{
    public required IReadOnlyList<StoredLayer> Layers { get; init; }

    /// <summary>The short links of an overlay2 driver.</summary>
    public IReadOnlyList<object> ShortLinks { get; init; } = [];

    public StoreEntryType ShortLinkDirectory { get; init; }

    /// <summary>The image layers of Docker's layer database.</summary>
    public IReadOnlyList<object> ImageLayers { get; init; } = [];

    /// <summary>The containers' layers of Docker's layer database.</summary>
    public IReadOnlyList<object> ContainerLayers { get; init; } = [];

    public StoreQuarantine Quarantine { get; init; } = StoreQuarantine.None;

    /// <summary>The store with these parts, and everything else as it was.</summary>
    public ILayerStore ApplyTo(ILayerStore store) => store.With(this);
}
