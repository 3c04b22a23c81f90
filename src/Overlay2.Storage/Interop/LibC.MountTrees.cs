using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>open_tree(2) (Linux 5.2): a detached copy of the mount at a path.</summary>
    public static bool TryCloneMount(ReadOnlySpan<byte> path, out SafeFileHandle tree, out Errno error)
    {
        const int Clone = 1;
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        nint descriptor;
        fixed (byte* bytes = name)
            descriptor = SystemCall3(SystemCallNumber.OpenTree, CurrentDirectory, (nint)bytes, Clone | OpenFlags.CloseOnExec);
        error = descriptor < 0 ? Errno.Last : default;
        tree = new SafeFileHandle(descriptor, ownsHandle: true);
        return descriptor >= 0;
    }

    /// <summary>mount_setattr(2) (Linux 5.12): maps the ids of a detached mount by a user namespace.</summary>
    public static Errno MapIds(SafeFileHandle tree, SafeFileHandle userNamespace)
    {
        byte empty = 0;
        var attributes = new MountAttributeChange { Set = MountAttributes.IdMapped, UserNamespace = (ulong)userNamespace.DangerousGetHandle() };
        return SystemCall5(
            SystemCallNumber.SetMountAttributes, tree.DangerousGetHandle(), (nint)(&empty), AtFlags.EmptyPath, (nint)(&attributes), sizeof(MountAttributeChange)) < 0
            ? Errno.Last
            : default;
    }

    /// <summary>move_mount(2) (Linux 5.2): mounts a detached mount at a path.</summary>
    public static Errno AttachMount(SafeFileHandle tree, ReadOnlySpan<byte> path)
    {
        const int FromEmptyPath = 4;
        byte empty = 0;
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        fixed (byte* bytes = name)
        {
            return SystemCall5(SystemCallNumber.MoveMount, tree.DangerousGetHandle(), (nint)(&empty), CurrentDirectory, (nint)bytes, FromEmptyPath) < 0
                ? Errno.Last
                : default;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MountAttributeChange
    {
        public MountAttributes Set;
        public MountAttributes Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
