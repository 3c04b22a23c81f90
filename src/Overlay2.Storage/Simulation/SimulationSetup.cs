using System.Collections.Immutable;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Simulation;

/// <summary>What a simulated overlay is made of.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record SimulationSetup
{
    /// <summary>The lower layers, topmost first.</summary>
    public required ImmutableArray<SimulatedLayer> Lowers { get; init; }

    /// <summary>Layers that give only data.</summary>
    public ImmutableArray<SimulatedLayer> DataLayers { get; init; } = [];

    /// <summary>The upper layer, whose file system also holds an empty work directory; <see langword="null"/> for a read-only overlay.</summary>
    public SimulatedLayer? Upper { get; init; }

    /// <summary>The mount options; layers named in them are not looked at.</summary>
    public OverlayMountOptions Options { get; init; } = OverlayMountOptions.Empty;

    /// <summary>The kernel.</summary>
    public required KernelProfile Profile { get; init; }

    /// <summary>The settings of the host.</summary>
    public VfsSettings Settings { get; init; } = new();

    /// <summary>The clock of the simulated host.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
