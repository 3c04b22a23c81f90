using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>Mounts layers.</summary>
    /// <param name="setup">The layers, options and kernel.</param>
    /// <param name="simulator">The mounted overlay.</param>
    /// <returns>What mount(2) would answer.</returns>
    /// <exception cref="LayerException">A layer cannot be as it is described.</exception>
    public static LinuxError TryMount(SimulationSetup setup, [NotNullWhen(true)] out OverlaySimulator? simulator)
    {
        ArgumentNullException.ThrowIfNull(setup);
        simulator = null;
        var host = new SimulatedHost(setup);
        EffectiveOptions effective = host.Resolve();
        if (effective.Error != LinuxError.OK)
            return effective.Error;
        MountFeatures features = MountFeatures.From(effective, setup.Options.TryGet("xino"u8, out OverlayOption xino) && xino.Value is { } value && value.Span.SequenceEqual("on"u8));
        LinuxError error = OverlayMount.TryMount(host.Layers, features, host.Rules, host.Clock, host.Journal, out OverlayMount? mount);
        if (error == LinuxError.OK)
            simulator = new OverlaySimulator(mount!, host.Clock, host.Journal, setup.Settings);
        return error;
    }

    /// <summary>The upper layer as it is now; <see langword="null"/> without one.</summary>
    public LayerTree? ReadUpper() => _mount.Upper is { } upper ? LayerBuilder.Read(upper.Root) : null;

    /// <summary>A lower layer; no operation ever changes one.</summary>
    /// <param name="index">Its place, 0 for the topmost.</param>
    public LayerTree ReadLower(int index) => LayerBuilder.Read(_mount.Lowers[index].Root);
}
