using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>An image of the engine: <c>imagedb/content/sha256/ID</c> and its names in <c>repositories.json</c>.</summary>
/// <remarks>Immutable and thread-safe. Source: the OCI image specification; observed on Docker 20.10.</remarks>
public sealed record DockerImage
{
    /// <summary>The image's id, for example <c>sha256:6de8…</c>: the digest of its configuration.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The names and digests under which it is known, in ordinal order; none for an intermediate or untagged image.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The chain ids of its layers, lowest first, computed from the digests of the layers' contents.</summary>
    public IReadOnlyList<ByteString> ChainIds { get; init; } = [];

    /// <summary>Its first name, or its id where it has none.</summary>
    [JsonIgnore]
    public string Name => References.Count > 0 ? References[0] : Id.ToString();

    /// <summary>The file that holds it.</summary>
    /// <param name="directory">The engine's directory of images.</param>
    internal BytePath Source(BytePath directory) => directory.Combine(new BytePath(new ByteString(Id.Span[(Id.Span.IndexOf((byte)':') + 1)..])));
}
