using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>The mounts of a machine.</summary>
/// <remarks>What acts names its subject by a fingerprint, and acts on that one or on nothing: what was put in its place meanwhile is an error.</remarks>
internal interface IMountOperations
{
    /// <summary>The mounts as they are now.</summary>
    /// <param name="namespaceId">A mount namespace, as <c>/proc/PID/ns/mnt</c> shows it; 0 for the engine's.</param>
    /// <exception cref="IOException">They cannot be read.</exception>
    MountTable LoadMounts(ulong namespaceId);

    /// <summary>The mounts of all other mount namespaces of processes that the caller may look at.</summary>
    /// <exception cref="IOException">They cannot be looked for, or there is more of them than is read: then nobody knows what they use.</exception>
    IReadOnlyList<MountTable> LoadOtherMounts();

    /// <summary>Unmounts a mount.</summary>
    /// <param name="namespaceId">The mount namespace; 0 for the engine's.</param>
    /// <param name="mount">The mount.</param>
    HostResult Unmount(ulong namespaceId, MountFingerprint mount);

    /// <summary>Shows a directory at a second place, without what is mounted below it.</summary>
    /// <param name="source">The directory.</param>
    /// <param name="of">The mount that it is on when it is done.</param>
    /// <param name="target">The place; a directory.</param>
    /// <param name="on">The mount that the place is on when it is done; <see langword="null"/> for a place of <see cref="MakePlace"/> or a directory in one, which is made.</param>
    /// <param name="isPrivate">Whether the new mount is private; otherwise it belongs to the peers of the one that it is a copy of.</param>
    HostResult Bind(BytePath source, MountFingerprint of, BytePath target, MountFingerprint? on, bool isPrivate);

    /// <summary>Mounts a file system of a block device.</summary>
    /// <param name="fileSystemType">The type.</param>
    /// <param name="device">The device.</param>
    /// <param name="target">The place; a directory.</param>
    /// <param name="on">The mount that the place is on when it is done.</param>
    /// <param name="isReadOnly">Whether the mount is read-only.</param>
    HostResult MountFileSystem(ByteString fileSystemType, BytePath device, BytePath target, MountFingerprint on, bool isReadOnly);

    /// <summary>Moves a mount and all that is on it.</summary>
    /// <param name="mount">The mount.</param>
    /// <param name="target">The place; a directory.</param>
    /// <param name="on">The mount that the place is on when it is done; <see langword="null"/> for a directory in a place of <see cref="MakePlace"/>, which is made.</param>
    HostResult Move(MountFingerprint mount, BytePath target, MountFingerprint? on);

    /// <summary>Makes a mount private.</summary>
    /// <param name="mount">The mount.</param>
    HostResult MakePrivate(MountFingerprint mount);

    /// <summary>Makes a private mount a peer of the one that it is on.</summary>
    /// <param name="mount">The mount.</param>
    HostResult JoinPeers(MountFingerprint mount);

    /// <summary>Makes a directory, with its parents, and a private mount of it on itself.</summary>
    /// <param name="place">The directory.</param>
    HostResult MakePlace(BytePath place);

    /// <summary>Unmounts such a place, and removes the directories in it, which are empty.</summary>
    /// <param name="place">The directory.</param>
    HostResult RemovePlace(BytePath place);

    /// <summary>Removes the directory of such a place that is not a mount yet, or not any more.</summary>
    /// <param name="place">The directory.</param>
    HostResult TidyPlace(BytePath place) => LoadMounts(0).Entries.Any(mount => mount.MountPoint.StartsWith(place)) ? HostResult.Done : RemovePlace(place);
}
