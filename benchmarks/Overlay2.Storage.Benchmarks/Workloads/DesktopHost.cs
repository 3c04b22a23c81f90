using System.Globalization;

namespace Overlay2.Storage.Benchmarks.Workloads;

internal static class DesktopHost
{
    private const string UserMount = "rw,nosuid,nodev,relatime";

    public static void Fill(MountInfoBuilder table)
    {
        int root = BootedHost.Fill(table);
        table.Add("/sys/firmware/efi/efivars", "efivarfs", "efivarfs", options: MountInfoBuilder.NoExecution);
        table.Add("/sys/fs/fuse/connections", "fusectl", "fusectl", options: MountInfoBuilder.NoExecution);
        table.Add("/home", "ext4", "/dev/mapper/vg-home", device: "253:1", parent: root);
        table.Add("/run/user/1000", "tmpfs", "tmpfs", "rw,size=3271132k,nr_inodes=817783,mode=700,uid=1000,gid=1000,inode64", options: UserMount);
        table.Add("/run/user/1000/gvfs", "fuse.gvfsd-fuse", "gvfsd-fuse", "rw,user_id=1000,group_id=1000", options: UserMount);
        table.Add("/run/user/1000/doc", "fuse.portal", "portal", "rw,user_id=1000,group_id=1000", options: UserMount);
        while (!table.IsFull)
        {
            string name = table.Random.Choose("core22", "firefox", "gnome-42-2204", "gtk-common-themes", "snapd", "thunderbird", "bare", "code");
            int revision = table.Random.Next(5, 5000);
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"/snap/{name}/{revision}"), "squashfs",
                string.Create(CultureInfo.InvariantCulture, $"/dev/loop{table.Count}"), "ro,errors=continue,threads=single",
                options: "ro,nodev,relatime", device: string.Create(CultureInfo.InvariantCulture, $"7:{table.Count}"));
        }
    }
}
