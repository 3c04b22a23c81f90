using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>The mounts of a table without their numbers, which are new each time. The kernel lists a mount that comes again at another place of the table.</summary>
internal static class MountListing
{
    public static string[] Of(MountTable table, BytePath folder)
    {
        return [.. table.Entries.Where(mount => mount.MountPoint.StartsWith(folder)).Select(mount => string.Create(
            CultureInfo.InvariantCulture,
            $"{mount.Major}:{mount.Minor} {mount.Root} {mount.MountPoint} {mount.FileSystemType} {mount.Options} {table.GetVisibility(mount).Status} {Members(mount.Propagation.SharedPeerGroup)} {Members(mount.Propagation.Master)}")).Order(StringComparer.Ordinal)];

        string Members(int? group) => group is null ? "-" : $"[{string.Join(' ', table.Entries.Where(entry => entry.Propagation.SharedPeerGroup == group).Select(entry => entry.MountPoint.ToString()).Order(StringComparer.Ordinal))}]";
    }
}
