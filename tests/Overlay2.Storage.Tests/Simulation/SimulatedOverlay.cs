using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Tests.Simulation;

/// <summary>Short forms for tests: an overlay of layers in memory.</summary>
internal static class SimulatedOverlay
{
    /// <summary>Mounts lower layers below an empty upper, all on one file system.</summary>
    public static OverlaySimulator Mount(string options, string kernel, params LayerTree[] lowers)
    {
        LinuxError error = TryMount(options, kernel, SimulatedFileSystemKind.Ext4, null, out OverlaySimulator? simulator, lowers);
        return simulator ?? throw new InvalidOperationException("The mount answers " + error + ".");
    }

    public static LinuxError TryMount(string options, string kernel, SimulatedFileSystemKind kind, long? blocks, out OverlaySimulator? simulator, params LayerTree[] lowers)
    {
        var disk = new SimulatedFileSystem(SimulatedFileSystemKind.Ext4);
        return OverlaySimulator.TryMount(
            new SimulationSetup
            {
                Lowers = [.. lowers.Select(tree => new SimulatedLayer(tree, disk))],
                Upper = new SimulatedLayer(LayerTree.Empty, kind == SimulatedFileSystemKind.Ext4 && blocks is null ? disk : new SimulatedFileSystem(kind, blocks)),
                Options = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(options)),
                Profile = KernelProfile.Defaults(KernelVersion.Parse(kernel)),
            },
            out simulator);
    }

    public static BytePath Path(string path) => BytePath.FromText(path);
}
