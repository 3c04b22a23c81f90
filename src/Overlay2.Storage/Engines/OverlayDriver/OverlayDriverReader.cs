using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>Reads the driver home of an <see cref="OverlayDriverStore"/>; a part that cannot be read does not stop the others.</summary>
internal abstract partial class OverlayDriverReader(IFileTree tree, BytePath dataRoot, BytePath driverHome, StoreReadOptions options, CancellationToken cancellationToken)
{
    /// <summary>The most bytes of a file that holds one name or one list of names. A <c>lower</c> file of 500 layers has 15 KB.</summary>
    private const int MaxNameFileLength = 1 << 16;

    private const int MaxProblems = 10_000;

    private readonly List<StoreProblem> _problems = [];
    private long _keptBytes;

    protected IFileTree Tree => tree;

    protected BytePath DataRoot => dataRoot;

    protected StoreReadOptions Options => options;

    protected CancellationToken CancellationToken => cancellationToken;

    protected IReadOnlyList<StoreProblem> Problems => _problems;

    protected void Report(StoreProblem problem)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_problems.Count < MaxProblems)
            _problems.Add(problem);
        else if (_problems.Count == MaxProblems)
            _problems.Add(new StoreProblem(dataRoot, StoreOperation.Read, StoreProblemReason.TooMany, "further problems are left out"));
    }

    protected StoreProblem ParseProblem(BytePath path, string detail) => new(dataRoot.Combine(path), StoreOperation.Parse, StoreProblemReason.Malformed, detail);

    /// <summary>A directory's entries; none where there is no such directory, and a problem where it cannot be read.</summary>
    protected IReadOnlyList<FileTreeEntry> List(BytePath directory)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!tree.TryList(directory, options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem)
            && problem.Reason != StoreProblemReason.NotFound)
        {
            Report(problem);
        }

        return entries;
    }

    protected StoreFile ReadFile(BytePath path, int maxLength = MaxNameFileLength)
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
