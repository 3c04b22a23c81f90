using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>The directories of one containerd, opened; <see langword="null"/> where there is none.</summary>
internal sealed record ContainerdTrees(IFileTree? Root, IFileTree? DriverHome, IFileTree? State)
{
    /// <summary>The directory that the driver home is in: the root, unless it is configured elsewhere.</summary>
    public IFileTree? Beside { get; init; }
}
