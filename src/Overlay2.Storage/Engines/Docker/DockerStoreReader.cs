using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Reads the parts of a <see cref="DockerClassicStore"/> one after the other; a part that cannot be read does not stop the others.</summary>
internal sealed partial class DockerStoreReader(IFileTree tree, BytePath dataRoot, StoreReadOptions options, CancellationToken cancellationToken)
    : OverlayDriverReader(tree, dataRoot, DockerNames.DriverHome, options, cancellationToken)
{
    public DockerClassicStore Read()
    {
        DriverHomeStatus home = ReadHomeStatus();
        (List<OverlayDriverLayer> layers, List<ByteString> others, StoreEntryType linkDirectory) = ReadDriverHome(home.Type);
        return new DockerClassicStore
        {
            DataRoot = DataRoot,
            Home = home,
            Quarantine = ReadQuarantine(),
            Layers = layers,
            OtherEntries = others,
            ShortLinkDirectory = linkDirectory,
            ShortLinks = ReadShortLinks(linkDirectory),
            ImageLayers = ReadImageLayers(),
            ContainerLayers = ReadContainerLayers(),
            Containers = ReadContainers(),
            Images = ReadImages(out List<DockerRepositoryName> names),
            RepositoryNames = names,
            KnowsRecordReferences = true,
            BuildCache = ReadBuildCache(),
            ReadProblems = Problems,
        };
    }
}
