using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>A layer directory of the overlay2 driver: <c>overlay2/ID/{diff,link,lower,work,merged,committed}</c>.</summary>
/// <remarks>
/// Immutable and thread-safe. The lowest layer of an image has neither <c>lower</c> nor <c>work</c>; <c>merged</c> exists only while the
/// layer is mounted. The driver of containers/storage came from Docker's and has the same layout; its layers all have <c>work</c>, none has
/// <c>committed</c>, and the lowest has <c>empty</c> in the place of <c>lower</c>. Source: observed on Docker 20.10 and Podman 4.3.
/// </remarks>
public sealed partial record OverlayDriverLayer : StoredLayer
{
    /// <summary>The file <c>link</c>: the layer's short name in the directory <c>l</c>, 26 characters.</summary>
    public StoreFile Link { get; init; } = StoreFile.Missing;

    /// <summary>The file <c>lower</c>: the layers below, nearest first, as <c>l/NAME:l/NAME</c>.</summary>
    public StoreFile Lower { get; init; } = StoreFile.Missing;

    /// <summary>The file <c>lower-layers</c> of containers/storage since 1.63: the ids of the layers below, nearest first, as <c>ID:ID</c>. It wins over <see cref="Lower"/>. Source: observed on Podman 5.8.</summary>
    [AllowNull]
    public StoreFile LowerLayers
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? StoreFile.Missing;
    } = StoreFile.Missing;

    /// <summary>Whether the engine takes the layers below from <see cref="LowerLayers"/>, so that neither <see cref="Lower"/> nor short names matter to it.</summary>
    [JsonIgnore]
    public bool NamesLayersById => LowerLayers.State != StoreFileState.Missing;

    /// <summary>What <c>merged</c> is: the mount point while the layer is mounted.</summary>
    public StoreEntryType Merged { get; init; }

    /// <summary>Other names in the layer's directory, in the order of their bytes.</summary>
    public IReadOnlyList<ByteString> OtherEntries { get; init; } = [];

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath DiffPath => Directory.Combine(OverlayDriverNames.Diff);

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath WorkPath => Directory.Combine(OverlayDriverNames.Work);

    /// <summary>Where the layer is mounted while in use.</summary>
    [JsonIgnore]
    public BytePath MergedPath => Directory.Combine(OverlayDriverNames.Merged);

    /// <summary>The short name that the <c>link</c> file holds.</summary>
    /// <param name="name">26 characters of base 32.</param>
    /// <returns><see langword="false"/> where the file is missing, unreadable, empty or of another form.</returns>
    public bool TryGetShortName(out ByteString name)
    {
        name = Link.Content;
        return Link.State == StoreFileState.Present && OverlayDriverNames.IsShortName(name.Span);
    }

    /// <summary>The elements of the <c>lower</c> file, nearest first, as written and whatever their form; none where there is no such file.</summary>
    /// <remarks>An empty file has one empty element, which the engine joins to the driver home itself.</remarks>
    public IReadOnlyList<ByteString> GetLowerElements() => Lower.State == StoreFileState.Present ? Split(Lower.Content) : [];

    /// <summary>The elements of the <c>lower-layers</c> file, nearest first, as written and whatever their form; none where there is no such file, or it is empty.</summary>
    public IReadOnlyList<ByteString> GetLowerLayerIds() => LowerLayers.Trimmed is { IsEmpty: false } content ? Split(content) : [];

    private static List<ByteString> Split(ByteString list)
    {
        List<ByteString> elements = [];
        foreach (Range element in list.Span.Split((byte)':'))
            elements.Add(ByteString.Wrap(list.Memory[element]));
        return elements;
    }
}
