using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>move_mount(2) (Linux 5.2): moves the mount whose root is open, or attaches a detached one, to an open directory.</summary>
    public static Errno MoveMount(SafeFileHandle mount, SafeFileHandle target)
    {
        const int FromEmptyPath = 4;
        const int ToEmptyPath = 0x40;
        return MoveMount(mount, target, FromEmptyPath | ToEmptyPath);
    }

    /// <summary>move_mount(2) with MOVE_MOUNT_SET_GROUP (Linux 5.15): a private mount joins the peers of another one.</summary>
    public static Errno JoinPeers(SafeFileHandle peer, SafeFileHandle mount)
    {
        const int FromEmptyPath = 4;
        const int ToEmptyPath = 0x40;
        const int SetGroup = 0x100;
        return MoveMount(peer, mount, FromEmptyPath | ToEmptyPath | SetGroup);
    }

    /// <summary>open_tree(2) (Linux 5.2): a detached copy of the mount that an open directory is in, showing that directory.</summary>
    public static bool TryCloneMount(SafeFileHandle directory, out SafeFileHandle tree, out Errno error)
    {
        const int Clone = 1;
        byte empty = 0;
        nint descriptor = SystemCall3(SystemCallNumber.OpenTree, directory.DangerousGetHandle(), (nint)(&empty), Clone | OpenFlags.CloseOnExec | AtFlags.EmptyPath);
        error = descriptor < 0 ? Errno.Last : default;
        tree = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    /// <summary>mount_setattr(2) (Linux 5.12): makes the mount whose root is open private.</summary>
    public static Errno MakePrivate(SafeFileHandle mount)
    {
        byte empty = 0;
        var attributes = new MountAttributeChange { Propagation = (ulong)MountFlags.Private };
        return SystemCall5(
            SystemCallNumber.SetMountAttributes, mount.DangerousGetHandle(), (nint)(&empty), AtFlags.EmptyPath, (nint)(&attributes), sizeof(MountAttributeChange)) < 0
            ? Errno.Last
            : default;
    }

    private static Errno MoveMount(SafeFileHandle from, SafeFileHandle to, int flags)
    {
        byte empty = 0;
        return SystemCall5(
            SystemCallNumber.MoveMount, from.DangerousGetHandle(), (nint)(&empty), to.DangerousGetHandle(), (nint)(&empty), flags) < 0
            ? Errno.Last
            : default;
    }
}
