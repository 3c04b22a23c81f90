using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
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
        MountFeatures features = MountFeatures.From(effective, setup.Options);
        LinuxError error = OverlayMount.TryMount(host.Layers, features, host.Rules, host.Clock, host.Journal, out OverlayMount? mount);
        if (error == LinuxError.OK)
            simulator = new OverlaySimulator(mount!, host.Clock, host.Journal, setup.Settings, effective) { Caller = setup.Caller };
        return error;
    }

    /// <summary>Counts what a recursive operation would copy up, object by object, with memory for only a part of them at a time.</summary>
    /// <param name="setup">The layers, options and kernel.</param>
    /// <param name="path">The directory, from the root of the overlay.</param>
    /// <param name="operation">What would be done to it and everything below.</param>
    /// <param name="count">What it copies up.</param>
    /// <param name="progress">Told the count so far, every few hundred objects.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>What mount(2) would answer; only for OK there is a count.</returns>
    /// <exception cref="LayerException">A layer cannot be as it is described.</exception>
    /// <exception cref="OperationCanceledException">The count was ended.</exception>
    public static LinuxError TryCountTree(
        SimulationSetup setup, BytePath path, TreeOperation operation, out TreeCount count, IProgress<TreeCount>? progress = null, CancellationToken cancellationToken = default)
    {
        LinuxError error = TryMount(setup, out OverlaySimulator? simulator);
        count = error == LinuxError.OK ? new TreeCounter(simulator!, operation, progress, cancellationToken).Count(path) : new TreeCount { Error = error };
        return error;
    }

    /// <summary>The room of the file system of the upper layer; all zero without one.</summary>
    public SimulatedSpace Space => _mount.Upper?.Root.FileSystem is { } upper
        ? new(upper.FreeBlocks * FileContent.PageSize, upper.LeastFreeBlocks * FileContent.PageSize, upper.LastNumber)
        : default;

    /// <summary>The upper layer as it is now; <see langword="null"/> without one.</summary>
    public LayerTree? ReadUpper() => _mount.Upper is { } upper ? LayerBuilder.Read(upper.Root) : null;

    /// <summary>A lower layer; no operation ever changes one.</summary>
    /// <param name="index">Its place, 0 for the topmost.</param>
    public LayerTree ReadLower(int index) => LayerBuilder.Read(_mount.Lowers[index].Root);

    /// <summary>Looks at an object, to compare it with what stands there at another time.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <returns>The object; <see langword="null"/> if the caller reaches none.</returns>
    public SimulatedObject? Look(BytePath path, bool follow)
    {
        if (Find(path, follow) is not { Inode: { } inode } dentry)
            return null;
        BackingInode? data = inode.Type == FileType.Regular ? OverlayMount.RealData(inode) : null;
        return new SimulatedObject(_mount.Identify(dentry), data, data is not null && data != inode.Upper, inode.Real.LinkCount);
    }
}
