using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>A snapshot's directory of the overlayfs snapshotter: <c>snapshots/N/{fs,work}</c>.</summary>
/// <remarks>
/// Immutable and thread-safe. A view has no <c>work</c>. Directories <c>new-…</c> are being made, and <c>rm-…</c> are being removed.
/// Source: observed on containerd 1.6.
/// </remarks>
public sealed record ContainerdLayer : StoredLayer
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath DiffPath => Directory.Combine(ContainerdNames.Files);

    /// <inheritdoc/>
    [JsonIgnore]
    public override BytePath WorkPath => Directory.Combine(ContainerdNames.Work);
}
