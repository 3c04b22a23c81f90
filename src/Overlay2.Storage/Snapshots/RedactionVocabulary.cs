using System.Collections.Frozen;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Snapshots;

/// <summary>Names that say nothing about one host: those of file systems, engines, directives. A redaction leaves them as they are.</summary>
internal static class RedactionVocabulary
{
    private const string Directories = """
        bin boot dev etc home host lib lib64 local media mnt opt proc root run sbin share srv sys tmp usr user var
        cgroup efi hugepages mqueue pts shm kernel debug tracing security bpf config fs net self thread-self binfmt_misc
        blkio cpu cpuacct cpu,cpuacct cpuset devices freezer hugetlb memory misc net_cls net_prio net_cls,net_prio perf_event pids rdma unified systemd
        lost+found deleted
        """;

    private const string Stores = """
        docker overlay overlay2 overlayfs aufs btrfs devicemapper fuse-overlayfs vfs zfs windowsfilter native
        l diff merged work link lower committed index incompat volatile dirty upper rootfs snapshots
        image layerdb imagedb content metadata sha256 sha512 mounts cache-id parent size mount-id init-id tar-split.json.gz repositories.json
        containers config.v2.json hostconfig.json resolv.conf hostname hosts buildkit snapshots.db volumes _data
        overlay-layers overlay-images overlay-containers layers.json volatile-layers.json containers.json volatile-containers.json images.json empty
        snapshotter.v1.overlayfs content.v1.content blobs metadata.v1.bolt runtime.v2.task metadata.db meta.db fs rootfs moby k8s.io
        containerd storage libpod kubelet pods podman crio
        ext2 ext3 ext4 xfs tmpfs ramfs nfs nfs4 cifs fuse erofs squashfs swap none auto sysfs devpts devtmpfs cgroup2 nsfs
        """;

    private const string Configuration = """
        daemon.json sysconfig default docker-storage fstab docker.pid docker.sock docker.service docker.service.d service.d system
        Unit Service Install ExecStart Environment EnvironmentFile Type Description After Wants Requires notify oneshot simple exec forking
        DOCKER_DRIVER DOCKER_OPTS DOCKER_STORAGE_OPTIONS DOCKER_NETWORK_OPTIONS OPTIONS REDACTED
        daemon dockerd dockerd-current containerd-shim containerd-shim-runc-v2 runc conmon init cmdline environ
        true false null yes no on off unix fd json-file journald local containerd-snapshotter containerd-migration override_kernel_check
        storage-opt proxies http-proxy https-proxy no-proxy
        defaults noatime nofail rw ro pquota prjquota uquota gquota bind nodev nosuid noexec relatime
        """;

    private static readonly FrozenSet<ByteString> s_names =
        $"{Directories} {Stores} {Configuration}".Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            .Concat(EngineDirectives.All.SelectMany(directive => new[] { directive.Key, directive.Flag }))
            .Where(name => name.Length > 0)
            .Select(ByteString.FromText)
            .ToFrozenSet();

    public static bool Contains(ByteString name) => s_names.Contains(name);
}
