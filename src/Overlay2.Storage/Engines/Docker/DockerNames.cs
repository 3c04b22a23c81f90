using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Names in the engine's root directory, beside those of the overlay2 driver.</summary>
internal static class DockerNames
{
    public static readonly BytePath DefaultRoot = BytePath.FromText("/var/lib/docker");
    public static readonly BytePath DriverHome = BytePath.FromText("overlay2");
    public static readonly BytePath LayerDatabase = BytePath.FromText("image/overlay2/layerdb");
    public static readonly BytePath ImageContents = BytePath.FromText("image/overlay2/imagedb/content/sha256");
    public static readonly BytePath Repositories = BytePath.FromText("image/overlay2/repositories.json");
    public static readonly BytePath Containers = BytePath.FromText("containers");
    public static readonly BytePath BuildCacheSnapshots = BytePath.FromText("buildkit/snapshots.db");

    // In the layer database.
    public static readonly BytePath Mounts = BytePath.FromText("mounts");
    public static readonly BytePath CacheId = BytePath.FromText("cache-id");
    public static readonly BytePath DiffId = BytePath.FromText("diff");
    public static readonly BytePath Parent = BytePath.FromText("parent");
    public static readonly BytePath Size = BytePath.FromText("size");
    public static readonly BytePath MountId = BytePath.FromText("mount-id");
    public static readonly BytePath InitId = BytePath.FromText("init-id");

    // In a container's directory.
    public static readonly BytePath Configuration = BytePath.FromText("config.v2.json");
    public static readonly BytePath HostConfiguration = BytePath.FromText("hostconfig.json");
}
