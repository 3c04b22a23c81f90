using System.Collections.Frozen;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Engines.Redaction;

/// <summary>Names that say nothing about one host: those of file systems, mount options, directives. A redaction leaves them as they are.</summary>
internal static class RedactionVocabulary
{
    private const string Directories = """
        bin boot dev etc home host lib lib64 local media mnt opt proc root run sbin share srv sys tmp usr user var
        cgroup efi hugepages mqueue pts shm kernel debug tracing security bpf config fs net self thread-self binfmt_misc
        blkio cpu cpuacct cpu,cpuacct cpuset devices freezer hugetlb memory misc net_cls net_prio net_cls,net_prio perf_event pids rdma unified systemd
        lost+found deleted kubelet pods
        """;

    private const string FileSystems = """
        overlay overlay2 overlayfs aufs btrfs devicemapper fuse-overlayfs vfs zfs windowsfilter native
        l diff merged work link lower committed index incompat volatile dirty upper
        ext2 ext3 ext4 extfs xfs tmpfs ramfs nfs nfs4 nfsd cifs smb3 fuse fuseblk erofs squashfs swap none auto autofs sysfs devpts devtmpfs cgroup2 nsfs
        bcachefs f2fs jfs reiserfs gfs2 ocfs2 ceph glusterfs lustre beegfs 9p virtiofs vfat msdos exfat ntfs ntfs3 hfsplus iso9660 udf romfs cramfs zonefs ecryptfs
        pstore efivarfs debugfs tracefs securityfs selinuxfs configfs fusectl hugetlbfs rpc_pipefs binder sockfs pipefs sshfs lxcfs gvfsd-fuse portal s3fs gcsfuse
        """;

    private const string MountOptions = """
        defaults noatime nodiratime relatime strictatime nofail rw ro pquota prjquota uquota gquota usrquota grpquota noquota bind nodev nosuid noexec nosymfollow idmapped
        shared master propagate_from unbindable seclabel size nr_inodes nr_blocks mode uid gid gidmap inode32 inode64 errors remount-ro stripe data ordered writeback journal
        attr2 logbufs logbsize discard space_cache subvol subvolid ssd acl user_xattr barrier nobarrier hidepid ptmxmode delalloc
        lowerdir datadir+ upperdir workdir strict require follow nofollow default_permissions nooverride_creds
        """;

    private const string Configuration = """
        daemon.json sysconfig default docker-storage fstab docker.pid docker.sock docker.service docker.service.d service.d system
        Unit Service Install ExecStart Environment EnvironmentFile Type Description After Wants Requires notify oneshot simple exec forking
        DOCKER_DRIVER DOCKER_OPTS DOCKER_STORAGE_OPTIONS DOCKER_NETWORK_OPTIONS OPTIONS REDACTED
        daemon dockerd dockerd-current containerd-shim containerd-shim-runc-v2 runc conmon init cmdline environ
        true false null yes no on off unix fd json-file journald local containerd-snapshotter containerd-migration override_kernel_check
        storage-opt proxies http-proxy https-proxy no-proxy
        """;

    private static readonly FrozenSet<ByteString> s_names =
        Words($"{Directories} {FileSystems} {MountOptions} {Configuration}")
            .Concat(EngineDirectives.All.SelectMany(directive => new[] { directive.Key, directive.Flag }).Where(name => name.Length > 0).Select(ByteString.FromText))
            .ToFrozenSet();

    /// <summary>These names and others.</summary>
    public static HashSet<ByteString> With(IEnumerable<string> others) => [.. s_names, .. others.SelectMany(Words)];

    private static IEnumerable<ByteString> Words(string text) =>
        text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(ByteString.FromText);
}
