using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Snapshots;

/// <summary>Finds the directories of storage drivers in an engine's root directory that hold something.</summary>
/// <remarks>The engine goes by the same rule when no driver is chosen. Source: the engine's storage documentation; the order is that of the bytes.</remarks>
internal static class DriverHomeFinder
{
    private static readonly ImmutableArray<BytePath> s_drivers =
        [.. new[] { "aufs", "btrfs", "devicemapper", "fuse-overlayfs", "overlay", "overlay2", "vfs", "zfs" }.Select(BytePath.FromText)];

    public static SnapshotPart<ImmutableArray<BytePath>> Find(IFileTree tree, BytePath dataRoot)
    {
        var homes = ImmutableArray.CreateBuilder<BytePath>();
        foreach (BytePath driver in s_drivers)
        {
            if (!tree.TryList(driver, maxEntries: 1, out IReadOnlyList<FileTreeEntry> entries, out StoreProblem? problem)
                && problem.Reason is not (StoreProblemReason.NotFound or StoreProblemReason.TooMany or StoreProblemReason.WrongType))
            {
                return SnapshotPart.Failed<ImmutableArray<BytePath>>(problem.ToString());
            }

            if (entries.Count > 0)
                homes.Add(dataRoot.Combine(driver));
        }

        return SnapshotPart.Known(homes.ToImmutable());
    }
}
