using System.Globalization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Names in containerd's root and state directories.</summary>
internal static class ContainerdNames
{
    public const string DefaultSnapshotter = "overlayfs";

    public static readonly BytePath DefaultRoot = BytePath.FromText("/var/lib/containerd");
    public static readonly BytePath DefaultState = BytePath.FromText("/run/containerd");
    public static readonly BytePath StoreOfUser = BytePath.FromText(".local/share/containerd");
    public static readonly BytePath ConfigurationOfUser = BytePath.FromText(".config/containerd/config.toml");

    // Docker's own containerd, in its data root and its run-time directory.
    public static readonly BytePath InEngine = BytePath.FromText("containerd/daemon");
    public static readonly BytePath StateInEngine = BytePath.FromText("/run/docker/containerd/daemon");

    // BuildKit's worker without containerd.
    public static readonly BytePath BuildKitHome = BytePath.FromText("snapshots");
    public static readonly BytePath BuildKitMetadata = BytePath.FromText("containerdmeta.db");
    public static readonly BytePath BuildKitBlobs = BytePath.FromText("content/blobs");

    public static readonly BytePath DriverHome = BytePath.FromText("io.containerd.snapshotter.v1.overlayfs");
    public static readonly BytePath Metadata = BytePath.FromText("io.containerd.metadata.v1.bolt/meta.db");
    public static readonly BytePath SnapshotDatabase = BytePath.FromText("metadata.db");
    public static readonly BytePath Blobs = BytePath.FromText("io.containerd.content.v1.content/blobs");
    public static readonly BytePath Snapshots = BytePath.FromText("snapshots");
    public static readonly BytePath Files = BytePath.FromText("fs");
    public static readonly BytePath Work = BytePath.FromText("work");
    public static readonly BytePath Tasks = BytePath.FromText("io.containerd.runtime.v2.task");
    public static readonly BytePath ProcessId = BytePath.FromText("init.pid");
    public static readonly BytePath RootFileSystem = BytePath.FromText("rootfs");

    /// <summary>What snapshots of this snapshotter are under in containerd's database.</summary>
    public static readonly ByteString Overlayfs = ByteString.FromText(DefaultSnapshotter);

    /// <summary>Where containerd's database is below a root directory; BuildKit, which keeps the same records, has other names.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="home">The driver home.</param>
    public static BytePath MetadataOf(BytePath root, BytePath home) => IsBuildKit(root, home) ? BuildKitMetadata : Metadata;

    /// <summary>Where the content store is below a root directory.</summary>
    /// <param name="root">The root directory.</param>
    /// <param name="home">The driver home.</param>
    public static BytePath BlobsOf(BytePath root, BytePath home) => IsBuildKit(root, home) ? BuildKitBlobs : Blobs;

    /// <summary>Whether a store has BuildKit's names: its snapshotter is directly in the root directory.</summary>
    private static bool IsBuildKit(BytePath root, BytePath home) => home == root.Combine(BuildKitHome);

    /// <summary>The name of a snapshot's directory.</summary>
    public static ByteString LayerId(ulong id) => ByteString.FromText(id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Whether the snapshotter gives a directory such a name: a number, or a beginning that says what is being done with it.</summary>
    public static bool IsLayerId(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && (!name.ContainsAnyExceptInRange((byte)'0', (byte)'9') || name.StartsWith("new-"u8) || name.StartsWith("rm-"u8));

    /// <summary>What the directories of snapshotters begin with, in the root directory.</summary>
    public static ReadOnlySpan<byte> SnapshotterPrefix => "io.containerd.snapshotter.v1."u8;

    /// <summary>The directory of the mount manager (containerd 2.2), in the root directory.</summary>
    public static ReadOnlySpan<byte> MountManager => "io.containerd.mount-manager.v1.bolt"u8;
}
