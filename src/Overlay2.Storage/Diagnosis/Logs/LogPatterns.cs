using System.Collections.Immutable;

namespace Overlay2.Storage.Diagnosis.Logs;

/// <summary>What engines and kernels say, old and new wordings.</summary>
/// <remarks>
/// Sources: messages recorded on Docker 20.10 and Linux 6.18, and the public reports that the pages of the findings name or that stand
/// beside a pattern; where one stands for several, it is the first of them. What a line must not hold comes last. The kernel starts
/// some messages with <c>overlay:</c> and others with <c>overlayfs:</c>, depending on its version; neither is part of a pattern.
/// </remarks>
internal static class LogPatterns
{
    /// <summary>Where engines keep layers, and mount them: without one of these a message is of something else.</summary>
    private const string Store = "/overlay|/merged|/rootfs|snapshotter|-overlayfs/|/var/lib/docker|/var/lib/containerd|containers/storage"
        + "|/graph/|docker|containerd|podman";

    /// <summary>How engines tell of a mount that the kernel refused, with its errno: Docker, Podman, CRI-O, containerd, BuildKit.</summary>
    private const string Refused = "creating overlay mount|failed to mount overlay"
        + "|fstype: overlay|to overlayfs as|mount overlay:|mount overlay on |mounting overlay on "
        + "|failed to mount rootfs component|create mapped mount for"; // k3s-ansible#53, containers/storage#1310

    /// <summary>Where containerd and BuildKit mount for a moment; what they miss in there is of the build.</summary>
    private const string TemporaryMount = "/containerd-mount|/buildkit-mount";

    /// <summary>Paths of stores: the name of an engine alone, as in the name of a command, is none.</summary>
    private const string StorePath =
        "/overlay|/merged|/rootfs|snapshotter|-overlayfs/|/var/lib/docker|/var/lib/containerd|containers/storage"
        + "|/graph/|/docker/|-containerd/";

    /// <summary>How Docker, Podman and containerd tell that a layer was not unpacked.</summary>
    private const string LayerOfTar = "error processing tar file|applylayer exit status|applylayer stdout|failed to extract layer";

    /// <summary>How the kubelet tells what it lacks.</summary>
    private const string EvictionOf = "attempting to reclaim|low on resource: |evict pod(s) to reclaim";

    /// <summary>Paths of snapshots: other software has directories of that name too.</summary>
    private const string Snapshots = "overlayfs/snapshots|snapshotter/snapshots";

    /// <summary>Paths of layers, wherever the store is.</summary>
    private const string LayerPath = "/overlay2|docker/overlay|storage/overlay|podman/overlay|/merged|" + Snapshots;

    /// <summary>What stands beside layers, or in containers.</summary>
    private const string OfOthers = "!overlay-containers|/merged/|/diff/|.sock|meta";

    /// <summary>What else answers as a full disk does: watches, control groups, shared memory, semaphores have their own limits.</summary>
    private const string OtherLimits = "!watch|inotify|cgroup|shared memory segment|semaphore|semget";

    /// <summary>How the removal of a directory is told: of a shell, of Go, of Docker before 17.</summary>
    private const string Removal = "remove |unlinkat |rmdir |replacing mount point ";

    /// <summary>What stands below directories of engines and is no storage of theirs.</summary>
    private const string OfVolumes = "!/volumes/|/netns/";

    /// <summary>What runc and Docker say of a bind mount whose source is of another kind than its target.</summary>
    private const string OfBindMount = "!are you trying to mount a directory onto a file";

    public static ImmutableArray<LogPattern> All { get; } =
    [
        new(FindingIds.SelfBindCover, "failed to remove root filesystem", "invalid argument"),
        new(FindingIds.SelfBindCover, "failed to unmount", "invalid argument"),
        new(FindingIds.SelfBindCover, "failed to remove root filesystem", "device or resource busy"),
        new(FindingIds.SelfBindCover, "stat ", "/overlay2/", "/merged", "invalid argument"),
        new(FindingIds.ForeignCover, "stat ", "/overlay2/", "no such file or directory"),
        new(FindingIds.ForeignCover, "symlink ", "/overlay2/l/", "no such file or directory"),
        new(FindingIds.ForeignCover, "stat ", "/snapshots: no such file or directory"), // kubernetes#114562
        // coreos/bugs#1088
        new(FindingIds.ForeignCover, "directory ", "/docker|/containers|/containerd", "to mount over is not empty, mounting anyway"),
        new(FindingIds.LostDisk, "stat ", "/snapshots: no such file or directory"),
        new(FindingIds.LostDisk, "failed to mount |dependency failed for ", "/var/lib/docker.|/var/lib/containers.|/var/lib/containerd."),
        new(FindingIds.StackedMounts, "open /proc/self/fd", "no such file or directory"),
        new(FindingIds.LeakedMount, "failed to remove root filesystem", "device or resource busy"),
        new(FindingIds.UnmountedContainer, "\"sh\"|\"/bin/sh\"|\"ls\"", "executable file not found in $PATH|no such file or directory"),
        new(FindingIds.UnmountedContainer, "starting setns process", "no such file or directory"),
        new(FindingIds.UnmountedContainer, "fork/exec /proc/self/exe", "no such file or directory"), // moby#25289
        new(FindingIds.UnmountedContainer, "unable to find user root", "no matching entries in passwd file"),
        new(FindingIds.UnmountedContainer, "to rootfs ", "/overlay", "/merged", "no such file or directory|not a directory", OfBindMount),
        new(FindingIds.SharedUpper, "is in-use ", "by another mount|of another mount", "undefined behavior"), // raspi-overlayroot#6
        new(FindingIds.LeakedMount, Removal, LayerPath, "device or resource busy", OfVolumes),
        new(FindingIds.LeakedMount, "device or resource busy: '", LayerPath, OfVolumes), // moby#37367: of Python
        new(FindingIds.SelfBindCover, "remove '|unlinkat |remove ", "/overlay|/overlay2", "': device or resource busy"), // cri-o#6783
        new(FindingIds.BusyUnmount, "umount", Store, "target is busy"),
        // containerd#802, runv#538
        new(FindingIds.BusyUnmount, "remove ", "/containerd/|/io.containerd", "/rootfs: device or resource busy"),
        new(FindingIds.BusyUnmount, "unmount", Store, "device or resource busy"),
        new(FindingIds.ReadOnlyOverlay, "overlay", "mounting read-only"),
        new(FindingIds.ReadOnlyOverlay, "remounting filesystem read-only"),
        new(FindingIds.ReadOnlyOverlay, "cleanup of 'work/", "failed (-39)"),
        new(FindingIds.ReadOnlyOverlay, "ext4-fs error", "detected aborted journal|journal has aborted"), // kubernetes#12905
        new(FindingIds.ReadOnlyOverlay, "aborting journal on device"),
        new(FindingIds.ReadOnlyOverlay, "jbd2: ", "updating journal superblock|i/o error"), // containerd#5665
        new(FindingIds.ReadOnlyOverlay, "ext4-fs (", "previous i/o error to superblock detected"), // containerd#5665
        new(FindingIds.ReadOnlyOverlay, "xfs (", "metadata i/o error"), // moby#34283
        new(FindingIds.ReadOnlyOverlay, StorePath, "structure needs cleaning"), // coreos/bugs#1309
        new(FindingIds.ReadOnlyOverlay, "btrfs", "forced readonly"),
        new(FindingIds.ReadOnlyOverlay, "xfs (", "shutting down filesystem|filesystem has been shut down"), // coreos/bugs#1396
        new(FindingIds.ReadOnlyOverlay, StorePath, "read-only file system", "!mount source path|cgroup|/proc/sys"),
        new(FindingIds.ReadOnlyOverlay, StorePath, "/diff|/write-set-|.db|/work/|/fs/", "input/output error"), // LibreChat#3129
        new(FindingIds.ReadOnlyOverlay, "failed to mount ", TemporaryMount, "input/output error"), // containerd#5022
        // moby#20268, kubernetes#22911
        new(FindingIds.LeakedSharedMemory, "/containers/|/overlay-containers/", "/shm", "device or resource busy|target is busy"),
        new(FindingIds.BrokenLinkFile, "refusing to remove empty link for layer"),
        new(FindingIds.WrongShortLink, "readlink ", "/l/", "no such file or directory"),
        new(FindingIds.WrongShortLink, "failed to resolve '", "/l/", "': -2"),
        new(FindingIds.WrongShortLink, Refused, "no such file or directory|too many levels of symbolic links"),
        new(FindingIds.WrongShortLink, "failed to mount ", TemporaryMount, "too many levels of symbolic links"),
        new(FindingIds.WrongShortLink, "can't stat lower layer"),
        new(FindingIds.LostShortLinks, "symlink ", "/overlay2/l/|/overlay/l/", "no such file or directory"),
        new(FindingIds.LostShortLinks, "recreate the missing symlinks"),
        new(FindingIds.WrongShortLink, "conflicting lowerdir path"),
        new(FindingIds.BareLinkDirectory, "readlink ", "/l: invalid argument"),
        new(FindingIds.EmptyLower, "readlink ", "/overlay2: invalid argument"),
        new(FindingIds.EmptyLower, "readlink ", "/overlay: invalid argument"),
        new(FindingIds.MissingLayer, "layer does not exist"),
        new(FindingIds.MissingLayer, "layer not found in layer tree"),
        new(FindingIds.MissingLayer, "stat ", "/overlay/|/overlay2/|" + Snapshots, "no such file or directory"),
        new(FindingIds.MissingLayer, "open |mkdir |chown |chmod ", LayerPath, "no such file or directory", OfOthers), // for-linux#478
        // stargz-snapshotter#1883
        new(FindingIds.MissingLayer, "/snapshots/", "/fs: no such file or directory|/work: no such file or directory"),
        new(FindingIds.MissingLayer, "faccessat ", "/overlay", "no such file or directory"),
        new(FindingIds.MissingLayer, "cannot access ", LayerPath, "no such file or directory", OfOthers), // moby#13261
        new(FindingIds.MissingLayer, "error during layer store.cleanup()"),
        new(FindingIds.MissingChain, "layer does not exist"),
        new(FindingIds.MissingChain, "failed to load container mount", "does not exist"),
        new(FindingIds.MissingLayerRecord, "layer not known"),
        new(FindingIds.MissingLayerRecord, "the storage may be corrupted"), // podman#8148
        new(FindingIds.MissingLayerRecord, "not found in layer tree"), // podman#8148, podman#8437
        new(FindingIds.UnfinishedLayer, "found incomplete layer"),
        new(FindingIds.MissingLayerRecord, "parent snapshot ", "does not exist"), // containerd#10835, buildkit#4024
        new(FindingIds.MissingLayerRecord, "missing parent", "bucket: not found"), // containerd#7674, containerd#1818
        new(FindingIds.MissingLayerRecord, "mount", "snapshot ", "does not exist"), // buildkit#2288, containerd#751
        new(FindingIds.LayerDatabaseEntry, "rename ", "/layerdb/tmp/", "file exists|directory not empty"), // moby#23184
        new(FindingIds.LayerDatabaseEntry, "failed to load layer"), // moby#20267
        new(FindingIds.LostLayerId, "/layerdb/mounts/", "/mount-id: no such file or directory"), // sourcegraph#55465
        new(FindingIds.SwitchedStore, "failed to identify the read-write layer id"),
        new(FindingIds.EmptiedFiles, "failed to load container ", ": eof|unexpected end of json input|cannot unmarshal"), // moby#42099
        new(
            FindingIds.EmptiedFiles,
            "layers.json|images.json|containers.json|config.v2.json|hostconfig.json|repositories.json",
            "unexpected end of json input|invalid character '\\x00'"),
        // docker/for-linux#226, moby#17618
        new(
            FindingIds.EmptiedFiles,
            "error starting daemon: |failed to start daemon: |fata[",
            ": eof|unexpected end of json input|invalid character '",
            "!configure the docker daemon"),
        new(
            FindingIds.EmptiedFiles,
            "error starting daemon: eof|failed to start daemon: eof|error response from daemon: unexpected end of json input"),
        new(FindingIds.EmptiedFiles, "couldn't create tag store: "), // moby#10553
        new(FindingIds.EmptiedFiles, "but found \\u0000"), // podman#22655
        new(FindingIds.LostImage, "/imagedb/content/sha256/", "no such file or directory"),
        new(FindingIds.LeftOverContainer, "failed to load container ", "/config.v2.json: no such file or directory"),
        new(FindingIds.LeftOverContainer, "creating container storage: the container name ", "is already in use"), // podman#4033
        // containerd#9929
        new(FindingIds.MissingMetadata, "panic: ", "invalid page type|freepages: |freelist page|page expected to be: |already freed"),
        new(FindingIds.MissingMetadata, "/meta.db", "invalid database|input/output error"),
        new(FindingIds.MissingMetadata, "rename ", "/snapshots/new-", "file exists|directory not empty"), // accelerated-container-image#102
        new(FindingIds.IncompleteImage, "content digest sha256:", ": not found"), // containerd#11390
        new(FindingIds.IncompleteImage, ": blob not found: not found"), // containerd#12302
        new(FindingIds.IncompleteImage, "/ingest/", "/blobs/sha256/", "no such file or directory"), // moby#53335
        new(FindingIds.IncompleteImage, "application/vnd.", " incomplete ("), // containerd#11719: ctr images check
        new(FindingIds.DanglingRecord, "lease \"", "\": not found"), // moby#45282, nerdctl#2464
        new(FindingIds.DanglingRecord, "lease does not exist"), // moby#53335
        new(FindingIds.DanglingRecord, "locating item named ", "file does not exist"), // podman#11363
        // balena-engine#91
        new(FindingIds.IncompleteLayer, "failed to register layer", "/docker/aufs/|/docker/overlay", "no such file or directory"),
        new(FindingIds.IncompleteLayer, "extracting layer ", "no such file or directory"), // buildah#2161
        new(FindingIds.IncompleteLayer, "open ", "/link: no such file or directory"),
        new(FindingIds.IncompleteLayer, "open ", "/overlay2/", "committed", "no such file or directory"),
        new(FindingIds.IncompleteLayer, "found incomplete layer"),
        new(FindingIds.IncompleteLayer, "is returning inconsistent paths"),
        new(FindingIds.IncompleteLayer, "/merged: not a directory"),
        new(FindingIds.IncompleteLayer, "failed to resolve '", "/work': -2"),
        new(FindingIds.BlockedRemoval, "unlinkat ", Store, "operation not permitted"),
        // moby#30392, moby#39189
        new(
            FindingIds.BlockedRemoval,
            "failed to remove root filesystem|unable to remove filesystem for ",
            "!device or resource busy|invalid argument"),
        new(FindingIds.BlockedRemoval, "is marked for removal and cannot be started"),
        new(FindingIds.BlockedRemoval, "unmounting container ", "layer is not mounted"), // podman#4033
        new(FindingIds.BlockedRemoval, "removal of container ", "is already in progress"), // moby#34877
        new(FindingIds.BlockedRemoval, "status is already removalinprogress"), // moby#14361
        // podman#19913, podman#26178
        new(FindingIds.BlockedRemoval, "removing storage for container |is mounted and cannot be removed ", ": "),
        // cri-o#8596
        new(
            FindingIds.BlockedRemoval,
            "removing mount point |replacing mount point ", "/merged", "directory not empty|device or resource busy"),
        new(FindingIds.BlockedRemoval, "failed to remove bundle ", "/rootfs", "directory not empty"), // containerd#11376
        new(FindingIds.MissingLayerPath, Refused, "no such file or directory"),
        new(FindingIds.MissingLayerPath, "failed to mount ", TemporaryMount, ": no such file or directory"), // nydus#638
        new(FindingIds.MissingLayerPath, "failed to resolve '", "': -2"),
        new(FindingIds.MissingLayerPath, "overlay", " is not a directory|' not a directory"), // mkosi#1028
        new(FindingIds.LongOptions, "unescaped trailing colons in lowerdir mount option"),
        new(FindingIds.LongOptions, "mount label ", "too large"), // buildah#3708
        new(FindingIds.LongOptions, "mount options is too long"),
        new(FindingIds.TooManyLayers, "max depth exceeded"),
        new(FindingIds.TooManyLayers, "too many lower directories"),
        new(FindingIds.UpperFileSystem, "not supported as upperdir"),
        new(FindingIds.UpperFileSystem, "overlay", "filesystem on ", " not supported"),
        new(FindingIds.UpperFileSystem, Refused, "invalid argument"),
        new(FindingIds.UpperFileSystem, "failed to mount ", TemporaryMount, "invalid argument"), // containerd#4350
        // podman#9834, podman#19913: it was never mounted
        new(FindingIds.UpperFileSystem, "unmounting ", "/overlay/", "/merged", ": invalid argument"),
        new(FindingIds.UpperFileSystem, "driver not supported: overlay"),
        new(FindingIds.UpperFileSystem, "'overlay", "is not supported over "), // podman#1516, moby#23515
        new(FindingIds.UpperFileSystem, "prerequisites for driver not satisfied"), // canonical/lxd#2255
        new(FindingIds.OverlaySupport, "'overlay", "requires kernel "), // moby#33281
        new(FindingIds.UpperFileSystem, "/merged: wrong fs type, bad option, bad superblock on "), // juicefs#2365
        new(FindingIds.UpperFileSystem, "kernel does not support overlay fs"), // podman#545
        new(FindingIds.UpperFileSystem, "error initializing graphdriver: driver not supported"), // moby#29488
        new(FindingIds.UpperFileSystem, "snapshotter not loaded: overlayfs"), // containerd#1986
        new(FindingIds.UpperFileSystem, "wrong fs type, bad option, bad superblock on overlay"),
        new(FindingIds.UpperFileSystem, "backing file system is unsupported for this graph driver"),
        new(FindingIds.UpperFileSystem, "does not support RENAME_WHITEOUT"),
        new(FindingIds.UpperFileSystem, "failed to set xattr on upper"),
        new(FindingIds.UpperFileSystem, "upper fs missing required features"),
        new(FindingIds.NestedTooDeep, "maximum fs stacking depth exceeded"),
        new(FindingIds.UpperAndWork, "workdir and upperdir must be separate subtrees"),
        new(FindingIds.UpperAndWork, "workdir and upperdir must reside under the same mount"),
        new(FindingIds.UpperAndWork, "missing 'workdir'"),
        new(FindingIds.UpperAndWork, "missing 'lowerdir'"),
        new(FindingIds.UpperAndWork, "missing upperdir or lowerdir or workdir"), // Linux before 4.0
        // linux-unionfs mailing list
        new(FindingIds.UpperAndWork, "overlapping lowerdir path"),
        new(FindingIds.UpperAndWork, Refused, "read-only file system"),
        new(FindingIds.UpperAndWork, "overlay", "filesystem on ", " is read-only"),
        new(FindingIds.UpperAndWork, "upper fs is r/o, try multi-lower layers mount"),
        new(FindingIds.StaleIndex, "failed to verify upper"),
        new(FindingIds.StaleIndex, "failed to verify index dir"),
        new(FindingIds.StaleIndex, "try deleting index dir or mounting with '-o index=off'"),
        // linux-unionfs mailing list, xfstests overlay/031
        new(FindingIds.StaleIndex, "overlay", "orphan index entry"),
        new(FindingIds.StaleIndex, "mount with '-o index=off' to disable inodes index"),
        new(FindingIds.StaleIndex, "failed to resolve '", "': -116"),
        new(FindingIds.StaleIndex, "overlay", "stale file handle"),
        new(FindingIds.StaleIndex, "overlay", "stale NFS file handle"),
        new(FindingIds.StaleIndex, Refused, "stale file handle|stale nfs file handle"),
        new(FindingIds.StaleIndex, "failed to mount ", TemporaryMount, "stale file handle|stale nfs file handle"),
        new(FindingIds.LayerInUse, Refused, "device or resource busy"),
        new(FindingIds.LayerInUse, "failed to mount ", TemporaryMount, "device or resource busy"),
        new(FindingIds.LayerInUse, "mount with '-o index=off' to override exclusive "),
        new(FindingIds.LayerInUse, "path overlapping in-use upperdir/workdir"), // help.aliyun.com 175762
        new(FindingIds.LayerInUse, "overlay", "dir is in-use ", "!undefined behavior"), // moby#34672
        new(FindingIds.VolatileLayer, "incompat feature 'volatile' cannot be mounted"),
        new(FindingIds.VolatileLayer, Refused, "volatile", "input/output error|invalid argument"),
        new(FindingIds.MountOptions, Refused, "invalid argument"),
        new(FindingIds.MountOptions, "failed to mount ", TemporaryMount, "invalid argument"),
        new(FindingIds.MountOptions, "overlay", "unknown parameter '"),
        new(FindingIds.MountOptions, "unrecognized mount option \""),
        new(FindingIds.MountOptions, "overlay", "bad value for '"),
        new(FindingIds.MountOptions, "conflicting options: metacopy=|conflicting options: userxattr|conflicting options: nfs_export="),
        new(FindingIds.MountOptions, "wrong fs type, bad option, bad superblock on overlay"),
        // coreos/bugs#1580: of mqueue it is harmless
        new(FindingIds.SecurityContexts, "mount invalid", "same superblock, different security settings", "!type mqueue"),
        new(FindingIds.UnprivilegedMount, Refused, "operation not permitted|permission denied"),
        new(FindingIds.UnprivilegedMount, "failed to mount ", TemporaryMount, "operation not permitted|permission denied"), // buildkit#426
        new(FindingIds.UnprivilegedMount, "try mounting with 'userxattr' option"),
        new(FindingIds.UnprivilegedMount, "failed to resolve '", "': -13"), // podman#18435
        new(FindingIds.UnprivilegedMount, "mount ", "/overlay", "flags: 0x", "operation not permitted|permission denied"), // podman#15009
        new(FindingIds.UnprivilegedMount, "fuse-overlayfs: ", "device not found, try|cannot mount"), // buildah#2084
        // moby#42333, containers/storage#1129
        new(FindingIds.UnprivilegedMount, "mkdir |chown ", "/overlay", "/merged/|/l:", "operation not permitted|permission denied"),
        new(FindingIds.UnprivilegedMount, "failed to clone lowerpath|failed to clone upperpath"), // binpash/try#52
        new(FindingIds.UnprivilegedMount, "cannot mount using driver overlay in rootless mode"), // podman#2739
        new(FindingIds.UnprivilegedMount, "overlay", "operation not permitted", "userxattr"),
        new(FindingIds.UnprivilegedMount, "rootless", "overlay", "operation not permitted"),
        new(FindingIds.EntryTypes, "without d_type support|does not support d_type"), // buildah#149, docker/for-linux#419
        new(FindingIds.EntryTypes, "mkdir ", "/merged/", "invalid argument"), // moby#22937
        new(FindingIds.EntryTypes, "upper fs needs to support d_type"),
        new(FindingIds.EntryTypes, "supports d_type: false"),
        new(FindingIds.NativeDiff, "not using native diff for overlay2"),
        new(FindingIds.NativeDiff, "refusing to follow metacopy origin|refusing to follow redirect"), // containers/storage#815
        new(FindingIds.OverlayAttributes, "metacopy flag was not set on file in the upperdir", "not supported"),
        new(FindingIds.OverlayAttributes, "trusted.overlay.", "operation not supported"),
        new(FindingIds.OverlayAttributes, "layer|processing tar", "lsetxattr ", "operation not supported"), // containers/storage#1356
        new(FindingIds.OverlayAttributes, "upper fs does not support xattr"),
        new(FindingIds.Whiteouts, "failed to mknodChar0UserNS"),
        new(FindingIds.Whiteouts, "layer|overlay|whiteout|/diff|processing tar", "mknod", "operation not permitted"),
        new(FindingIds.Whiteouts, "mknod", "/overlay|/diff|/snapshots/|.wh.", "operation not permitted"),
        new(FindingIds.Whiteouts, "replaceDirWithOverlayOpaque", "input/output error"),
        // containerd#7716
        new(FindingIds.Whiteouts, "failed to convert whiteout file"),
        new(FindingIds.UnprivilegedMount, LayerOfTar, "operation not permitted"), // mailcow-dockerized#4384
        new(FindingIds.OverlayAttributes, LayerOfTar, "operation not supported"), // minikube#3803
        new(FindingIds.UpperFileSystem, LayerOfTar, "invalid argument"), // docker/for-linux#97
        new(FindingIds.Whiteouts, "unable to create kernel-style whiteout"), // podman#17563
        new(FindingIds.OverlaySupport, "unknown filesystem type 'overlay"), // network-lab#1: once it was called overlayfs
        new(FindingIds.OverlaySupport, "module overlay not found"),
        new(FindingIds.OverlaySupport, Refused, "no such device"), // k3s-ansible#53
        new(FindingIds.OverlaySupport, "failed to mount ", TemporaryMount, "no such device"),
        new(FindingIds.OverlaySupport, "kernel does not support overlay fs"),
        new(FindingIds.OverlaySupport, "driver not supported: overlay"),
        new(FindingIds.OverlaySupport, "overlay", "not found as supported filesystem|not found as a supported filesystem"), // moby#20573
        new(FindingIds.Room, "no space left on device", OtherLimits),
        new(FindingIds.Room, "failed to garbage collect required amount of images"), // kubernetes#71869
        new(FindingIds.Room, "disk usage on image filesystem is over the high threshold"),
        new(FindingIds.Room, EvictionOf, "nodefs|imagefs|ephemeral-storage"), // kubernetes#45558, kubernetes#129616
        new(FindingIds.Room, "node has conditions: [|node had condition: [", "diskpressure"), // minikube#7073
        new(FindingIds.Room, "insufficient free disk space on the node's image filesystem"), // kubernetes#132578
        new(FindingIds.Room, "chown", "file too large"),
        new(FindingIds.Inodes, "no space left on device", "inode"),
        new(FindingIds.Inodes, EvictionOf, "inodes"),
        new(FindingIds.Quota, "storage-opt is supported only for overlay over xfs with 'pquota' mount option"),
        new(FindingIds.Quota, "storage option overlay2.size not supported"),
        new(FindingIds.Quota, "overlay2.size only supported for backingfs xfs"),
        new(FindingIds.Quota, "failed to get projid for "), // moby#42832
        new(FindingIds.MountLimit, "mount ", "flags: 0x", "no space left on device"),
        // moby#45760
        new(FindingIds.MountLimit, "error creating overlay mount|failed to mount rootfs component", "no space left on device"),
        new(FindingIds.RenameOfDirectory, "rename", "invalid cross-device link"),
        new(FindingIds.RenameOfDirectory, "cross-device link not permitted, rename"), // npm#13306
        new(FindingIds.SettingGivenTwice, "the following directives are specified both as a flag and in the configuration file"),
        new(FindingIds.RemovedOption, "unknown option overlay2.override_kernel_check"),
        new(FindingIds.SeveralStores, "contains several valid graphdrivers"),
        new(FindingIds.SeveralStores, "graph driver ", "does not match our", "graph driver "), // podman#21683, podman#24738
        new(FindingIds.RemovedDriver, "storage-driver has been deprecated and removed"),
        new(FindingIds.RemovedDriver, "storage-driver is deprecated, and will be removed"),
        new(FindingIds.RemovedDriver, "prior storage driver", "aufs|devicemapper", "failed"), // moby#12479, moby#14405
        new(FindingIds.RemovedDriver, "failed aufs to overlay2 migration"), // balena-engine#301
        new(FindingIds.RemovedDriver, "error creating aufs mount to "), // moby#19336
        new(FindingIds.RemovedDriver, "graphdriver plugins are only supported with experimental mode"), // ansible-role-docker#58
        new(FindingIds.FallbackDriver, "prior storage driver", "failed"),
        new(FindingIds.FallbackDriver, "using prior storage driver: vfs|using default driver: vfs"),
        new(FindingIds.FallbackDriver, "graph driver ", "does not match our", "graph driver "),
        new(FindingIds.FallbackDriver, "executable file not found", "storage-driver=fuse-overlayfs"), // docker-snap#235
        new(FindingIds.FallbackDriver, "docker daemon", "graphdriver(s)=vfs|graphdriver=vfs|storage-driver=vfs"), // fuse-overlayfs#375
        new(FindingIds.FallbackDriver, "user-selected graph driver", "overwritten by graph driver"),
        new(FindingIds.UnusableConfiguration, "unknown flag: --graph"),
        new(FindingIds.UnusableConfiguration, "unknown shorthand flag: 'g' in -g"),
        new(FindingIds.UnusableConfiguration, "driver does not support overlay.|driver does not support vfs."), // podman#7446
        new(FindingIds.UnusableConfiguration, "unable to configure the docker daemon with file"),
        new(FindingIds.ImageStoreConflict, "snapshotter not loaded: ", "overlay2|overlay:|vfs|aufs|devicemapper"), // moby#46254
        new(FindingIds.NoSubordinateIds, "lchown ", "invalid argument"), // moby#30569
        new(FindingIds.NoSubordinateIds, "no subuid ranges found|no subgid ranges found"), // moby#38712
        new(FindingIds.NoSubordinateIds, "failed to setup uid/gid map"), // rootlesskit#48
        new(FindingIds.NoSubordinateIds, "from /etc/sub|in /etc/sub|check /etc/sub|open /etc/sub", "uid|gid"), // rootlesskit#48
        // moby#20751, contained.af#6
        new(FindingIds.NoSubordinateIds, "can't create id mappings|looking for subuid ranges|looking for subgid ranges"),
        new(FindingIds.NoSubordinateIds, "insufficient uids or gids available in user namespace"), // podman#12035
        new(FindingIds.NoSubordinateIds, "there might not be enough ids available in the namespace"),
        // circleci-docs#1259
        new(FindingIds.NoSubordinateIds, "cannot be mapped to a host id|try increasing the number of subordinate ids"),
        new(FindingIds.NoSubordinateIds, "rootless single mapping into the namespace"),
    ];
}
