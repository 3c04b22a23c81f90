using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>mount(2), umount2(2), open_tree(2), move_mount(2), mount_setattr(2).</content>
internal static unsafe partial class LibC
{
    private const int FromEmptyPath = 4;
    private const int ToEmptyPath = 0x40;

    /// <summary>mount(2).</summary>
    /// <returns>No error, or the kernel's; EINVAL for an argument that holds a NUL.</returns>
    public static Errno Mount(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> type, MountFlags flags, ReadOnlySpan<byte> data)
    {
        NativeCall call = NativeCall.Changing("mount", Errno.EINVAL, source, target).Refusing(Errno.EINVAL, type, data);
        while (call.IsDue)
            call.Answer(mount(source, target, type, (nuint)flags, data));
        return call.Error;
    }

    /// <summary>umount2(2).</summary>
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static Errno Unmount(ReadOnlySpan<byte> target, UnmountFlags flags)
    {
        NativeCall call = NativeCall.Changing("umount2", Errno.ENOENT, target);
        while (call.IsDue)
            call.Answer(umount2(target, (int)flags));
        return call.Error;
    }

    /// <summary>open_tree(2) (Linux 5.2): a detached copy of the mount at a path.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
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
    /// <returns>No error, or the kernel's; ENOENT for a path that holds a NUL, which no file can have.</returns>
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
        NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(open_tree(SystemCallNumber.OpenTree, directory, path, Clone | OpenFlags.CloseOnExec | flags));
        return call.End(out tree, out error);
    }

    private static Errno ChangeMount(SafeFileHandle mount, in MountAttributeChange change)
    {
        NativeCall call = NativeCall.Changing("mount_setattr");
        while (call.IsDue)
            call.Answer(mount_setattr(SystemCallNumber.SetMountAttributes, mount, default, AtFlags.EmptyPath, change, sizeof(MountAttributeChange)));
        return call.Error;
    }

    private static Errno MoveMount(SafeFileHandle mount, SafeFileHandle to, ReadOnlySpan<byte> toPath, int flags)
    {
        NativeCall call = NativeCall.Changing("move_mount", Errno.ENOENT, toPath);
        while (call.IsDue)
            call.Answer(move_mount(SystemCallNumber.MoveMount, mount, default, to, toPath, flags));
        return call.Error;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mount(
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> source,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> type,
        nuint flags,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> data);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int umount2([MarshalUsing(typeof(CString))] ReadOnlySpan<byte> target, int flags);

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

    /// <summary>What mount_setattr(2) is asked (struct mount_attr).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MountAttributeChange
    {
        public MountAttributes Set;
        public MountAttributes Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
