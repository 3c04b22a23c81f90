using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Bolt;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Reading;

/// <summary>What the readers of all stores do alike: a part that cannot be read is noted and does not stop the others, and what is not there is none.</summary>
internal abstract class StoreReader(BytePath dataRoot, StoreReadOptions options, CancellationToken cancellationToken)
{
    private const int MaxProblems = 10_000;

    protected BytePath DataRoot { get; } = dataRoot;

    protected StoreReadOptions Options { get; } = options;

    protected CancellationToken CancellationToken { get; } = cancellationToken;

    protected List<StoreProblem> Problems { get; } = [];

    protected void Report(StoreProblem problem)
    {
        CancellationToken.ThrowIfCancellationRequested();
        if (Problems.Count < MaxProblems)
            Problems.Add(problem);
        else if (Problems.Count == MaxProblems)
            Problems.Add(new StoreProblem(DataRoot, StoreOperation.Read, StoreProblemReason.TooMany, "further problems are left out"));
    }

    /// <summary>Reports what is wrong with something that need not be there.</summary>
    protected void ReportUnlessMissing(StoreProblem? problem)
    {
        if (problem is not null && problem.Reason != StoreProblemReason.NotFound)
            Report(problem);
    }

    /// <summary>A directory's entries; none where there is no such directory, and a problem where it cannot be read.</summary>
    protected IReadOnlyList<FileTreeEntry> List(IFileTree tree, BytePath directory)
    {
        CancellationToken.ThrowIfCancellationRequested();
        if (!tree.TryList(directory, Options.MaxDirectoryEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem))
            ReportUnlessMissing(problem);
        return entries;
    }

    /// <summary>The names of the directories in a directory, see <see cref="List"/>.</summary>
    protected IEnumerable<ByteString> ListDirectories(IFileTree tree, BytePath directory) =>
        List(tree, directory).Where(entry => entry.Type == StoreEntryType.Directory).Select(entry => entry.Name);

    /// <summary>Reads a database; nothing where there is none, or none that can be read.</summary>
    /// <param name="tree">The directory it is in.</param>
    /// <param name="directory">The path of that directory on the host.</param>
    /// <param name="path">The database in it.</param>
    /// <param name="read">Takes records from the root bucket; may be called several times.</param>
    protected T? ReadDatabase<T>(IFileTree tree, BytePath directory, BytePath path, Func<BoltBucket, T> read)
        where T : class
    {
        if (!tree.TryOpen(path, Options.MaxDatabaseLength, out IByteSource? source, out StoreProblem? problem))
        {
            ReportUnlessMissing(problem);
            return null;
        }

        using (source)
        {
            if (BoltDatabase.TryRead(source, read, out T? records, out BoltError? error))
                return records;
            Report(error.ToProblem(directory.Combine(path)));
            return null;
        }
    }
}
