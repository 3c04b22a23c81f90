using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>How a live overlay is opened.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record LiveOverlayOptions
{
    /// <summary>The root directory from which the paths of the layers are looked up: that of the process that mounted the overlay, such as <c>/proc/123/root</c> of an engine with mounts of its own, or <c>/host</c>.</summary>
    public BytePath LayerRoot { get; init; } = BytePath.Root;

    /// <summary>The directory from which relative layer paths are looked up; by default that of Docker's driver, two above the mount point.</summary>
    public BytePath? Home { get; init; }

    /// <summary>The kernel; by default what <see cref="Detection.KernelDetector"/> tells of the running one.</summary>
    public KernelProfile? Profile { get; init; }

    /// <summary>Who does the operations.</summary>
    public Credentials Caller { get; init; } = Credentials.Root;

    /// <summary>The clock for the times that operations set.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
