using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.OverlayDriver;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.TestShared;

/// <summary>Puts together machines that do not exist, of lines of mountinfo and of stores.</summary>
internal static class MadeUpHost
{
    public const string Home = "/var/lib/docker/overlay2";
    public const string Root = "30 1 8:1 / / rw - ext4 /dev/sda1 rw";

    /// <summary>A machine of which nothing is known but these mounts and stores, and which one it is.</summary>
    public static StorageSnapshot Of(IEnumerable<string> mounts, params ImmutableArray<ILayerStore> stores) => new()
    {
        HostId = SnapshotPart.Known("host"),
        BootId = SnapshotPart.Known("5a9c0d1e-boot"),
        Stores = SnapshotPart.Known(stores),
        Mounts = SnapshotPart.Known(Mounts([.. mounts])),
    };

    /// <summary>A machine with these mounts and no store.</summary>
    public static StorageSnapshot Of(params string[] mounts) => Of(mounts, stores: []);

    public static MountTable Mounts(params string[] lines) => MountTable.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    /// <summary>The overlay of a layer of an engine, at its own place.</summary>
    public static string Overlay(int id, int parent, string layer, string optional = "") =>
        Overlay(id, parent, id, $"{Home}/{layer}", optional);

    /// <summary>The overlay of a layer directory on a device of its own, at its own place or, with another root, anywhere.</summary>
    public static string Overlay(int id, int parent, int device, string directory, string optional = "", string? at = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"{id} {parent} 0:{device} / {at ?? $"{directory}/merged"} rw {optional}{(optional.Length > 0 ? " " : "")}- overlay overlay rw,lowerdir={Home}/l/A,upperdir={directory}/diff,workdir={directory}/work");

    /// <summary>The overlays of all containers of a store, on the root file system.</summary>
    public static List<string> Overlays(DockerClassicStore store)
    {
        List<string> lines = ["20 1 254:0 / / rw - ext4 /dev/vda rw"];
        int id = 100;
        foreach (DockerContainerLayer container in store.ContainerLayers)
        {
            store.TryGetLayer(container.MountId.Content, out OverlayDriverLayer? layer);
            string lowers = string.Join(':', layer!.GetLowerElements().Select(element => $"{Home}/{element}"));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{++id} 20 0:{id} / {layer.MergedPath} rw,relatime - overlay overlay rw,lowerdir={lowers},upperdir={layer.DiffPath},workdir={layer.WorkPath}"));
        }

        return lines;
    }
}
