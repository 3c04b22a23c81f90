using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines;

/// <summary>Looks at what is left in the work directory of a layer, alike for every engine's store.</summary>
internal static class WorkDirectoryReader
{
    private static readonly BytePath s_work = BytePath.FromText("work");
    private static readonly ByteString s_incompatible = ByteString.FromText("incompat");
    private static readonly BytePath s_volatileMarker = BytePath.FromText("incompat/volatile");

    public static WorkDirectoryContent Read(IFileTree tree, BytePath work, int maxEntries, Action<StoreProblem> report)
    {
        BytePath inner = work.Combine(s_work);
        bool isVolatile = false;
        DateTimeOffset? markedAt = null;
        int count = 0;
        int deepest = 0;
        var pending = new Queue<(BytePath Directory, int Depth)>(capacity: 1);
        pending.Enqueue((inner, 1));
        while (pending.TryDequeue(out (BytePath Directory, int Depth) current))
        {
            if (!tree.TryList(current.Directory, maxEntries, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem)
                && problem.Reason != StoreProblemReason.NotFound)
            {
                report(problem);
            }

            foreach (FileTreeEntry entry in entries)
            {
                if (count == maxEntries)
                    return new WorkDirectoryContent { Leftovers = count, Depth = deepest, HasVolatileMarker = isVolatile, VolatileMarkedAt = markedAt };

                BytePath path = current.Directory.Combine(new BytePath(entry.Name));
                if (current.Depth == 1 && entry.Name == s_incompatible)
                {
                    isVolatile = tree.TryGetStatus(inner.Combine(s_volatileMarker), out FileTreeStatus marker, out _);
                    markedAt = marker.ModifiedAt;
                    continue;
                }

                count++;
                deepest = Math.Max(deepest, current.Depth);
                if (entry.Type == StoreEntryType.Directory)
                    pending.Enqueue((path, current.Depth + 1));
            }
        }

        return new WorkDirectoryContent { Leftovers = count, Depth = deepest, HasVolatileMarker = isVolatile, VolatileMarkedAt = markedAt };
    }
}
