using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>A name in the driver's directory <c>l</c>: a link <c>../ID/diff</c> that keeps mount options short.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record OverlayDriverShortLink
{
    /// <summary>The name, 26 characters where the engine made it.</summary>
    public required ByteString Name { get; init; }

    /// <summary>What the name is; a symbolic link in a whole store.</summary>
    public StoreEntryType Type { get; init; }

    /// <summary>Where the link leads, as written; empty where it is no link or could not be read.</summary>
    public BytePath Target { get; init; }

    /// <summary>The layer that the link leads to.</summary>
    /// <param name="layerId">The layer's id; a layer of that id need not exist.</param>
    /// <returns><see langword="false"/> where the target has not the engine's form <c>../ID/diff</c>.</returns>
    public bool TryGetLayerId(out ByteString layerId) => OverlayDriverNames.TryGetLinkedLayer(Target, out layerId);
}
