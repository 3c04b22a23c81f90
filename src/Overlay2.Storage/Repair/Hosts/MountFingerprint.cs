using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>How a plan knows a mount again. What is zero or empty is not compared.</summary>
/// <remarks>Immutable and thread-safe. The kernel gives the id of a mount that is gone to a new one, so an id alone says nothing.</remarks>
internal sealed record MountFingerprint
{
    /// <summary>The id in mountinfo; 0 for one that an earlier step makes.</summary>
    public int MountId { get; init; }

    /// <summary>The id of the mount that it is on; 0 for one that an earlier step makes or moves there.</summary>
    public int ParentId { get; init; }

    /// <summary>The device's major number.</summary>
    public required int Major { get; init; }

    /// <summary>The device's minor number.</summary>
    public required int Minor { get; init; }

    /// <summary>The path in the file system that it shows.</summary>
    public required BytePath Root { get; init; }

    /// <summary>Where it is mounted.</summary>
    public required BytePath MountPoint { get; init; }

    /// <summary>The file system's type.</summary>
    public required ByteString FileSystemType { get; init; }

    /// <summary>The mount as a table shows it.</summary>
    /// <param name="mount">The mount.</param>
    public static MountFingerprint Of(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        return new MountFingerprint
        {
            MountId = mount.MountId,
            ParentId = mount.ParentId,
            Major = mount.Major,
            Minor = mount.Minor,
            Root = mount.Root,
            MountPoint = mount.MountPoint,
            FileSystemType = mount.FileSystemType,
        };
    }

    /// <summary>Whether a mount is the one meant.</summary>
    /// <param name="mount">A mount.</param>
    public bool Matches(MountEntry mount)
    {
        ArgumentNullException.ThrowIfNull(mount);
        return (MountId == 0 || MountId == mount.MountId) && (ParentId == 0 || ParentId == mount.ParentId)
            && Major == mount.Major && Minor == mount.Minor && Root == mount.Root && MountPoint == mount.MountPoint && FileSystemType == mount.FileSystemType;
    }

    /// <summary>The mount in a table; <see langword="null"/> if it is not there.</summary>
    internal MountEntry? FindIn(MountTable table)
    {
        if (MountId != 0 && (!table.TryGet(MountId, out MountEntry? known) || Matches(known)))
            return known;

        // Of several that fit, the one that can be seen is meant: an earlier step just made it.
        MountEntry? found = null;
        foreach (MountEntry mount in table.GetByMountPoint(MountPoint))
        {
            if (!Matches(mount))
                continue;
            found ??= mount;
            if (table.Resolve(MountPoint) == mount)
                return mount;
        }

        return found;
    }

    /// <summary>The same mount after it was moved.</summary>
    internal MountFingerprint At(BytePath mountPoint) => this with { MountPoint = mountPoint, ParentId = 0 };

    /// <summary>A mount like this one, made anew.</summary>
    internal MountFingerprint Again() => this with { MountId = 0, ParentId = 0 };

    /// <summary>The mount with the mount namespace that it is in; 0 for the engine's, which is not named.</summary>
    public string Describe(ulong namespaceId) => namespaceId == 0 ? ToString() : string.Create(CultureInfo.InvariantCulture, $"{this} in mount namespace {namespaceId}");

    /// <summary>For showing, as mount(8) prints it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"mount {MountId} ({FileSystemType} {Major}:{Minor}, root {Root}) on {MountPoint}");
}
