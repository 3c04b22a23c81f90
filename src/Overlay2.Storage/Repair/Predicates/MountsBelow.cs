using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;

namespace Overlay2.Storage.Repair.Predicates;

/// <summary>Finds mounts on a directory or below it, and mounts that show it elsewhere, under whatever paths other mount namespaces have them.</summary>
internal static class MountsBelow
{
    /// <summary>The first such mount, for showing; <see langword="null"/> if there is none.</summary>
    /// <param name="directory">The directory, in the engine's mount namespace.</param>
    /// <param name="own">The mounts of the engine's namespace.</param>
    /// <param name="others">Those of the others.</param>
    public static string? Find(BytePath directory, MountTable own, IEnumerable<MountTable> others)
    {
        if (own.Resolve(directory) is not { } mount)
            return $"the mount that {directory} is on is not known";
        BytePath place = Inside(mount, directory);
        foreach (MountTable table in others.Prepend(own))
        {
            foreach (MountEntry entry in table.Entries)
            {
                bool isOn = entry.MountPoint.StartsWith(directory) || (table.GetParent(entry) is { } below && IsSameDevice(below, mount) && Inside(below, entry.MountPoint).StartsWith(place));
                if (isOn || (IsSameDevice(entry, mount) && entry.GetRootPath().StartsWith(place)))
                    return $"{entry.FileSystemType} on {entry.MountPoint}";
            }
        }

        return null;
    }

    private static bool IsSameDevice(MountEntry left, MountEntry right) => left.Major == right.Major && left.Minor == right.Minor;

    /// <summary>Where in its file system a path below a mount point is.</summary>
    private static BytePath Inside(MountEntry mount, BytePath path) => path.StartsWith(mount.MountPoint) ? MemoryMount.Swap(path, mount.MountPoint, mount.GetRootPath()) : path;
}
