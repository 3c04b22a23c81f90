using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private static readonly BytePath s_mounts = BytePath.FromText("mounts");
    private static readonly ByteString s_temporary = ByteString.FromText("tmp");
    private static readonly BytePath s_cacheId = BytePath.FromText("cache-id");
    private static readonly BytePath s_diffId = BytePath.FromText("diff");
    private static readonly BytePath s_parent = BytePath.FromText("parent");
    private static readonly BytePath s_size = BytePath.FromText("size");
    private static readonly BytePath s_mountId = BytePath.FromText("mount-id");
    private static readonly BytePath s_initId = BytePath.FromText("init-id");

    private List<DockerImageLayer> ReadImageLayers()
    {
        List<DockerImageLayer> layers = [];
        foreach (FileTreeEntry algorithm in List(DockerNames.LayerDatabase))
        {
            // The other directories are named after digest algorithms; in practice there is only sha256. The engine follows a link, and this does not.
            if (algorithm.Type == StoreEntryType.SymbolicLink)
                Report(new StoreProblem(DataRoot.Combine(DockerNames.LayerDatabase).Combine(new BytePath(algorithm.Name)), StoreOperation.Open, StoreProblemReason.SymbolicLink, "not followed"));
            if (algorithm.Type != StoreEntryType.Directory || algorithm.Name == s_mounts.Bytes || algorithm.Name == s_temporary)
                continue;

            BytePath directory = DockerNames.LayerDatabase.Combine(new BytePath(algorithm.Name));
            foreach (FileTreeEntry entry in List(directory))
            {
                if (entry.Type != StoreEntryType.Directory)
                    continue;

                BytePath path = directory.Combine(new BytePath(entry.Name));
                layers.Add(new DockerImageLayer
                {
                    ChainId = new ByteString([.. algorithm.Name.Span, (byte)':', .. entry.Name.Span]),
                    Directory = DataRoot.Combine(path),
                    CacheId = ReadFile(path.Combine(s_cacheId)),
                    DiffId = ReadFile(path.Combine(s_diffId)),
                    Parent = ReadFile(path.Combine(s_parent)),
                    Size = ReadFile(path.Combine(s_size)),
                });
            }
        }

        return layers;
    }

    private List<DockerContainerLayer> ReadContainerLayers()
    {
        List<DockerContainerLayer> layers = [];
        BytePath directory = DockerNames.LayerDatabase.Combine(s_mounts);
        foreach (FileTreeEntry entry in List(directory))
        {
            if (entry.Type != StoreEntryType.Directory)
                continue;

            BytePath path = directory.Combine(new BytePath(entry.Name));
            layers.Add(new DockerContainerLayer
            {
                ContainerId = entry.Name,
                Directory = DataRoot.Combine(path),
                MountId = ReadFile(path.Combine(s_mountId)),
                InitId = ReadFile(path.Combine(s_initId)),
                Parent = ReadFile(path.Combine(s_parent)),
            });
        }

        return layers;
    }
}
