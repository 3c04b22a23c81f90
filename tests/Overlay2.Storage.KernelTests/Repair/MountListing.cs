using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>The mounts of a table without their numbers, which are new each time. The kernel lists a mount that comes again at another place of the table.</summary>
internal static class MountListing
{
    /// <param name="table">The table.</param>
    /// <param name="folder">The mounts at or below it.</param>
    /// <param name="hasDevices">Whether devices are told apart by their numbers; otherwise by what was mounted, for comparing two that are made alike.</param>
    public static string[] Of(MountTable table, BytePath folder, bool hasDevices = true)
    {
        return [.. table.Entries.Where(mount => mount.MountPoint.StartsWith(folder)).Select(mount => string.Create(
            CultureInfo.InvariantCulture,
            $"{(hasDevices ? $"{mount.Major}:{mount.Minor}" : mount.Source)} {mount.Root} {mount.MountPoint} {mount.FileSystemType} {mount.Options} {table.GetVisibility(mount).Status} {Members(mount.Propagation.SharedPeerGroup)} {Members(mount.Propagation.Master)}")).Order(StringComparer.Ordinal)];

        string Members(int? group) => group is null ? "-" : $"[{string.Join(' ', table.Entries.Where(entry => entry.Propagation.SharedPeerGroup == group).Select(entry => entry.MountPoint.ToString()).Order(StringComparer.Ordinal))}]";
    }
}
