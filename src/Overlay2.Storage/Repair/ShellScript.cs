using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Repair;

/// <summary>Words and lines for a POSIX shell.</summary>
internal static class ShellScript
{
    /// <summary>A word that a POSIX shell takes for these very bytes; bytes that are not plain text come out of printf(1), which keeps a final newline by a mark.</summary>
    public static string Quote(ByteString bytes)
    {
        bool isPlain = true;
        foreach (byte value in bytes.Span)
            isPlain &= value is >= 0x20 and < 0x7f;
        if (isPlain)
            return $"'{Encoding.ASCII.GetString(bytes.Span).Replace("'", "'\\''", StringComparison.Ordinal)}'";

        // printf knows \ooo in its format; a dot behind keeps newlines at the end from being cut off, and is cut off itself.
        var format = new StringBuilder();
        foreach (byte value in bytes.Span)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'/' or (byte)'.' or (byte)'_' or (byte)'-' or (byte)':' or (byte)' ')
                format.Append((char)value);
            else
                format.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
        }

        return $"\"$(p=$(printf '{format}.'); printf '%s.' \"${{p%.}}\")\"";
    }

    public static string LineOf(RepairAction action) => action switch
    {
        UnmountAction { NamespaceId: 0 } unmount => $"umount {Quote(unmount.Mount.MountPoint.Bytes)}",
        UnmountAction unmount => $"# in mount namespace {unmount.NamespaceId}: umount {Quote(unmount.Mount.MountPoint.Bytes)}",
        BindAction bind => $"mount --bind {Quote(bind.Source.Bytes)} {Quote(bind.Target.Bytes)}{(bind.IsPrivate ? $" && mount --make-private {Quote(bind.Target.Bytes)}" : "")}",
        MountFileSystemAction mount => $"mount -t {Quote(mount.FileSystemType)}{(mount.IsReadOnly ? " -o ro" : "")} {Quote(mount.Device.Bytes)} {Quote(mount.Target.Bytes)}",
        MoveMountAction move => $"mkdir -p {Quote(move.Target.Bytes)} && mount --move {Quote(move.Mount.MountPoint.Bytes)} {Quote(move.Target.Bytes)}",
        MakePrivateAction make => $"mount --make-private {Quote(make.Mount.MountPoint.Bytes)}",
        JoinPeersAction join => $"# make {Quote(join.Mount.MountPoint.Bytes)} a peer of the mount below it (move_mount(2) with MOVE_MOUNT_SET_GROUP)",
        MakePlaceAction place => $"mkdir -p {Quote(place.Place.Bytes)} && mount --bind {Quote(place.Place.Bytes)} {Quote(place.Place.Bytes)} && mount --make-private {Quote(place.Place.Bytes)}",
        RemovePlaceAction place => $"umount {Quote(place.Place.Bytes)} && rmdir {Quote(place.Place.Bytes)}/* {Quote(place.Place.Bytes)}",
        ContainerAction { Start: true } container => $"$ENGINE start {Quote(container.ContainerId)}",
        ContainerAction container => $"$ENGINE stop {Quote(container.ContainerId)}",
        RestartEngineAction => "$RESTART_ENGINE",
        _ => ":",
    };
}
