using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>An image by the records of containers/storage (<c>images.json</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on Podman 4.3.</remarks>
public sealed record ContainersImage
{
    /// <summary>The image's id.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The names it can be asked for.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The id of its topmost layer; empty for an image without layers.</summary>
    public ByteString TopLayer { get; init; }

    /// <summary>The ids of copies of the topmost layer whose owners are mapped to other users (<c>mapped-layers</c>); none where <see cref="OverlayDriver.OverlayDriverStore.KnowsRecordReferences"/> is not set.</summary>
    [AllowNull]
    public IReadOnlyList<ByteString> MappedLayers
    {
        get;

        // Files of earlier versions have no such member.
        init => field = value ?? [];
    } = [];
}
