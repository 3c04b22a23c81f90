namespace Overlay2.Storage.Benchmarks.Workloads;

/// <summary>What every booted host has mounted.</summary>
internal static class BootedHost
{
    public const string RootDevice = "259:2";

    /// <summary>Appends the mounts of a server.</summary>
    /// <returns>The id of the root mount.</returns>
    public static int Fill(MountInfoBuilder table)
    {
        int root = table.Add("/", "ext4", "/dev/nvme0n1p2", "rw,errors=remount-ro", device: RootDevice, parent: 1);
        void Add(string point, string type, string source, string superOptions = "rw", string options = MountInfoBuilder.NoExecution) =>
            table.Add(point, type, source, superOptions, options: options, parent: root);

        Add("/sys", "sysfs", "sysfs");
        Add("/proc", "proc", "proc");
        Add("/dev", "devtmpfs", "udev", "rw,size=16318404k,nr_inodes=4079601,mode=755,inode64", "rw,nosuid,relatime");
        Add("/run", "tmpfs", "tmpfs", "rw,size=3271136k,mode=755,inode64");
        Add("/dev/pts", "devpts", "devpts", "rw,gid=5,mode=620,ptmxmode=000", "rw,nosuid,noexec,relatime");
        Add("/sys/kernel/security", "securityfs", "securityfs");
        Add("/dev/shm", "tmpfs", "tmpfs", "rw,inode64", "rw,nosuid,nodev");
        Add("/run/lock", "tmpfs", "tmpfs", "rw,size=5120k,inode64");
        Add("/sys/fs/cgroup", "cgroup2", "cgroup2", "rw,nsdelegate,memory_recursiveprot");
        Add("/sys/fs/pstore", "pstore", "pstore");
        Add("/sys/fs/bpf", "bpf", "bpf", "rw,mode=700");
        Add("/proc/sys/fs/binfmt_misc", "autofs", "systemd-1",
            "rw,fd=29,pgrp=1,timeout=0,minproto=5,maxproto=5,direct,pipe_ino=20187", MountInfoBuilder.Relatime);
        Add("/dev/hugepages", "hugetlbfs", "hugetlbfs", "rw,pagesize=2M", MountInfoBuilder.Relatime);
        Add("/dev/mqueue", "mqueue", "mqueue");
        Add("/sys/kernel/debug", "debugfs", "debugfs");
        Add("/sys/kernel/tracing", "tracefs", "tracefs");
        Add("/sys/kernel/config", "configfs", "configfs");
        table.Add("/boot/efi", "vfat", "/dev/nvme0n1p1",
            "rw,fmask=0077,dmask=0077,codepage=437,iocharset=ascii,shortname=mixed,utf8,errors=remount-ro", device: "259:1", parent: root);
        return root;
    }
}
