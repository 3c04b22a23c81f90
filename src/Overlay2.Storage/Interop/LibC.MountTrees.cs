using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    private const int FromEmptyPath = 4;
    private const int ToEmptyPath = 0x40;

    /// <summary>open_tree(2) (Linux 5.2): a detached copy of the mount at a path.</summary>
    public static bool TryCloneMount(ReadOnlySpan<byte> path, out SafeFileHandle tree, out Errno error) =>
        TryCloneMount(CurrentDirectory, path, flags: 0, out tree, out error);

    /// <summary>open_tree(2) (Linux 5.2): a detached copy of the mount that an open directory is in, showing that directory.</summary>
    public static bool TryCloneMount(SafeFileHandle directory, out SafeFileHandle tree, out Errno error) =>
        TryCloneMount(directory, default, AtFlags.EmptyPath, out tree, out error);

    /// <summary>mount_setattr(2) (Linux 5.12): maps the ids of a detached mount by a user namespace.</summary>
    public static Errno MapIds(SafeFileHandle tree, SafeFileHandle userNamespace) =>
        ChangeMount(tree, new MountAttributeChange { Set = MountAttributes.IdMapped, UserNamespace = (ulong)userNamespace.DangerousGetHandle() });

    /// <summary>mount_setattr(2) (Linux 5.12): makes the mount whose root is open private.</summary>
    public static Errno MakePrivate(SafeFileHandle mount) => ChangeMount(mount, new MountAttributeChange { Propagation = (ulong)MountFlags.Private });

    /// <summary>move_mount(2) (Linux 5.2): mounts a detached mount at a path.</summary>
    public static Errno AttachMount(SafeFileHandle tree, ReadOnlySpan<byte> path) => MoveMount(tree, CurrentDirectory, path, FromEmptyPath);

    /// <summary>move_mount(2) (Linux 5.2): moves the mount whose root is open, or attaches a detached one, to an open directory.</summary>
    public static Errno MoveMount(SafeFileHandle mount, SafeFileHandle target) => MoveMount(mount, target, default, FromEmptyPath | ToEmptyPath);

    /// <summary>move_mount(2) with MOVE_MOUNT_SET_GROUP (Linux 5.15): a private mount joins the peers of another one.</summary>
    public static Errno JoinPeers(SafeFileHandle peer, SafeFileHandle mount)
    {
        const int SetGroup = 0x100;
        return MoveMount(peer, mount, default, FromEmptyPath | ToEmptyPath | SetGroup);
    }

    private static bool TryCloneMount(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out SafeFileHandle tree, out Errno error)
    {
        const int Clone = 1;
        return TryOwn(open_tree(SystemCallNumber.OpenTree, directory, path, Clone | OpenFlags.CloseOnExec | flags), out tree, out error);
    }

    private static Errno ChangeMount(SafeFileHandle mount, in MountAttributeChange change) =>
        ChangingCalls.Prevents("mount_setattr", out Errno prevented) ? prevented : Errno.Of(mount_setattr(SystemCallNumber.SetMountAttributes, mount, default, AtFlags.EmptyPath, change, sizeof(MountAttributeChange)));

    private static Errno MoveMount(SafeFileHandle mount, SafeFileHandle to, ReadOnlySpan<byte> toPath, int flags) =>
        ChangingCalls.Prevents("move_mount", out Errno prevented) ? prevented : Errno.Of(move_mount(SystemCallNumber.MoveMount, mount, default, to, toPath, flags));

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint open_tree(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, nint flags);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint mount_setattr(
        nint number, SafeFileHandle mount, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, nint flags, in MountAttributeChange change, nint length);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint move_mount(
        nint number,
        SafeFileHandle from,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> fromPath,
        SafeFileHandle to,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> toPath,
        nint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct MountAttributeChange
    {
        public MountAttributes Set;
        public MountAttributes Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
