using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.ContainersStorage;

/// <summary>Names in a root directory of containers/storage.</summary>
internal static class ContainersNames
{
    public static readonly BytePath DefaultRoot = BytePath.FromText("/var/lib/containers/storage");
    public static readonly BytePath StoreOfUser = BytePath.FromText(".local/share/containers/storage");
    public static readonly BytePath DriverHome = BytePath.FromText("overlay");
    public static readonly BytePath LayerDirectory = BytePath.FromText("overlay-layers");
    public static readonly BytePath Layers = BytePath.FromText("overlay-layers/layers.json");
    public static readonly BytePath VolatileLayers = BytePath.FromText("overlay-layers/volatile-layers.json");
    public static readonly BytePath Containers = BytePath.FromText("overlay-containers/containers.json");
    public static readonly BytePath VolatileContainers = BytePath.FromText("overlay-containers/volatile-containers.json");
    public static readonly BytePath Images = BytePath.FromText("overlay-images/images.json");

    /// <summary>The files that tell which layers are needed.</summary>
    public static readonly BytePath[] Records = [Layers, VolatileLayers, Containers, VolatileContainers, Images];

    public static readonly BytePath ContainerDirectories = BytePath.FromText("overlay-containers");
}
