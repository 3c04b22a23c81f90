using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines;

/// <summary>Looks into the quarantine beside a driver home, alike for every engine's store. No file is opened, and nothing below its entries looked at.</summary>
internal static class QuarantineReader
{
    /// <param name="tree">A tree that holds the quarantine.</param>
    /// <param name="directory">Its path in the tree.</param>
    /// <param name="maxEntries">The most entries that are listed.</param>
    /// <param name="report">Takes what cannot be read.</param>
    public static StoreQuarantine Read(IFileTree tree, BytePath directory, int maxEntries, Action<StoreProblem> report)
    {
        if (!tree.TryGetStatus(directory, out FileTreeStatus status, out StoreProblem? problem))
        {
            if (problem.Reason == StoreProblemReason.NotFound)
                return StoreQuarantine.None;
            report(problem);
            return StoreQuarantine.Unknown;
        }

        // Where it is no directory the listing says so.
        if (!tree.TryList(directory, maxEntries, out IReadOnlyList<FileTreeEntry> listed, out problem))
            report(problem);
        return new StoreQuarantine
        {
            Type = status.Type,
            ModifiedAt = status.ModifiedAt,
            Entries = [.. listed.Select(entry => Look(tree, directory, entry))],
        };
    }

    private static QuarantinedEntry Look(IFileTree tree, BytePath directory, FileTreeEntry entry)
    {
        tree.TryGetStatus(directory.Combine(new BytePath(entry.Name)), out FileTreeStatus status, out _);
        return new QuarantinedEntry(entry.Name, entry.Type) { Inode = status.Inode, ModifiedAt = status.ModifiedAt };
    }
}
