using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Docker;

internal sealed partial class DockerStoreReader
{
    private static readonly ByteString s_temporary = ByteString.FromText("tmp");

    private List<DockerImageLayer> ReadImageLayers()
    {
        List<DockerImageLayer> layers = [];
        foreach (FileTreeEntry algorithm in List(Tree, DockerNames.LayerDatabase))
        {
            // The other directories are named after digest algorithms; in practice there is only sha256. The engine follows a link, and this does not.
            if (algorithm.Type == StoreEntryType.SymbolicLink)
                Report(new StoreProblem(DataRoot.Combine(DockerNames.LayerDatabase).Combine(new BytePath(algorithm.Name)), StoreOperation.Open, StoreProblemReason.SymbolicLink, "not followed"));
            if (algorithm.Type != StoreEntryType.Directory || algorithm.Name == DockerNames.Mounts.Bytes || algorithm.Name == s_temporary)
                continue;

            BytePath directory = DockerNames.LayerDatabase.Combine(new BytePath(algorithm.Name));
            foreach (ByteString name in ListDirectories(Tree, directory))
            {
                BytePath path = directory.Combine(new BytePath(name));
                layers.Add(new DockerImageLayer
                {
                    ChainId = new ByteString([.. algorithm.Name.Span, (byte)':', .. name.Span]),
                    Directory = DataRoot.Combine(path),
                    CacheId = ReadFile(path.Combine(DockerNames.CacheId)),
                    DiffId = ReadFile(path.Combine(DockerNames.DiffId)),
                    Parent = ReadFile(path.Combine(DockerNames.Parent)),
                    Size = ReadFile(path.Combine(DockerNames.Size)),
                });
            }
        }

        return layers;
    }

    private List<DockerContainerLayer> ReadContainerLayers()
    {
        List<DockerContainerLayer> layers = [];
        BytePath directory = DockerNames.LayerDatabase.Combine(DockerNames.Mounts);
        foreach (ByteString id in ListDirectories(Tree, directory))
        {
            BytePath path = directory.Combine(new BytePath(id));
            layers.Add(new DockerContainerLayer
            {
                ContainerId = id,
                Directory = DataRoot.Combine(path),
                MountId = ReadFile(path.Combine(DockerNames.MountId)),
                InitId = ReadFile(path.Combine(DockerNames.InitId)),
                Parent = ReadFile(path.Combine(DockerNames.Parent)),
            });
        }

        return layers;
    }
}
