using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>Finds the directories of storage drivers in an engine's root directory that hold something.</summary>
/// <remarks>The engine goes by the same rule when no driver is chosen. Source: the engine's storage documentation; the order is that of the bytes.</remarks>
internal static class DriverHomeFinder
{
    private static readonly ImmutableArray<BytePath> s_drivers =
        [.. new[] { "aufs", "btrfs", "devicemapper", "fuse-overlayfs", "overlay", "overlay2", "vfs", "zfs" }.Select(BytePath.FromText)];

    public static bool TryFind(IFileTree tree, BytePath dataRoot, out ImmutableArray<BytePath> homes, [NotNullWhen(false)] out StoreProblem? problem)
    {
        var found = ImmutableArray.CreateBuilder<BytePath>();
        homes = [];
        foreach (BytePath driver in s_drivers)
        {
            if (!tree.TryList(driver, maxEntries: 1, out IReadOnlyList<FileTreeEntry> entries, out problem)
                && problem.Reason is not (StoreProblemReason.NotFound or StoreProblemReason.TooMany or StoreProblemReason.WrongType))
            {
                return false;
            }

            if (entries.Count > 0)
                found.Add(dataRoot.Combine(driver));
        }

        homes = found.ToImmutable();
        problem = null;
        return true;
    }
}
