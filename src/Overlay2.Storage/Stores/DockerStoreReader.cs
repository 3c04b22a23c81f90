using Overlay2.Storage.Bytes;
using Overlay2.Storage.Stores.Files;

namespace Overlay2.Storage.Stores;

/// <summary>Reads the parts of a <see cref="DockerClassicStore"/> one after the other; a part that cannot be read does not stop the others.</summary>
internal sealed partial class DockerStoreReader(IFileTree tree, BytePath dataRoot, StoreReadOptions options, CancellationToken cancellationToken)
{
    /// <summary>The most bytes of a file that holds one name or one list of names. A <c>lower</c> file of 500 layers has 15 KB.</summary>
    private const int MaxNameFileLength = 1 << 16;

    private const int MaxProblems = 10_000;

    private readonly List<StoreProblem> _problems = [];
    private long _keptBytes;

    public DockerClassicStore Read()
    {
        DriverHomeStatus home = ReadHomeStatus();
        (List<DockerLayer> layers, List<ByteString> others, StoreEntryType linkDirectory) = ReadDriverHome(home.Type);
        return new DockerClassicStore
        {
            DataRoot = dataRoot,
            Home = home,
            Layers = layers,
            OtherEntries = others,
            ShortLinkDirectory = linkDirectory,
            ShortLinks = ReadShortLinks(linkDirectory),
            ImageLayers = ReadImageLayers(),
            ContainerLayers = ReadContainerLayers(),
            Containers = ReadContainers(),
            Images = ReadImages(),
            BuildCache = ReadBuildCache(),
            ReadProblems = _problems,
        };
    }

    private void Report(StoreProblem problem)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_problems.Count < MaxProblems)
            _problems.Add(problem);
        else if (_problems.Count == MaxProblems)
            _problems.Add(new StoreProblem(dataRoot, StoreOperation.Read, StoreProblemReason.TooMany, "further problems are left out"));
    }

    private StoreProblem ParseProblem(BytePath path, string detail) => new(dataRoot.Combine(path), StoreOperation.Parse, StoreProblemReason.Malformed, detail);

    /// <summary>A directory's entries; none where there is no such directory, and a problem where it cannot be read.</summary>
    private IReadOnlyList<FileTreeEntry> List(BytePath directory)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!tree.TryList(directory, options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem)
            && problem.Reason != StoreProblemReason.NotFound)
        {
            Report(problem);
        }

        return entries;
    }

    private StoreFile ReadFile(BytePath path, int maxLength = MaxNameFileLength)
    {
        if (tree.TryRead(path, maxLength, out ByteString content, out StoreProblem? problem))
        {
            _keptBytes += content.Length;
            if (_keptBytes <= options.MaxTotalLength)
                return StoreFile.Of(content);
            problem = new StoreProblem(
                dataRoot.Combine(path), StoreOperation.Read, StoreProblemReason.TooLarge, $"the store's files together have more than {options.MaxTotalLength} bytes");
        }

        if (problem.Reason == StoreProblemReason.NotFound)
            return StoreFile.Missing;
        Report(problem);
        return StoreFile.Unreadable(problem);
    }
}
