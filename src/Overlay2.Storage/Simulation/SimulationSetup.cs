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

    /// <summary>The work directory, on the file system of <see cref="Upper"/>; an empty one if not given.</summary>
    public SimulatedLayer? Work { get; init; }

    /// <summary>Whether a kernel has mounted the layers already, so that upper and work directory are taken as they are.</summary>
    public bool IsMounted { get; init; }

    /// <summary>The mount options; layers named in them are not looked at.</summary>
    public OverlayMountOptions Options { get; init; } = OverlayMountOptions.Empty;

    /// <summary>The kernel.</summary>
    public required KernelProfile Profile { get; init; }

    /// <summary>The settings of the host.</summary>
    public VfsSettings Settings { get; init; } = new();

    /// <summary>Who makes the calls, until <see cref="OverlaySimulator.Caller"/> is set.</summary>
    public Credentials Caller { get; init; } = Credentials.Root;

    /// <summary>The clock of the simulated host.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the kernel makes of the options for these layers.</summary>
    /// <exception cref="LayerException">A layer cannot be as it is described.</exception>
    public EffectiveOptions Resolve() => new SimulatedHost(this).Resolve();
}
