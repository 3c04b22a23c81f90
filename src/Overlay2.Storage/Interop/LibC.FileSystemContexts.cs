using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>fsopen(2), fsconfig(2), fsmount(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>fsopen(2) (Linux 5.2): a context to configure a file system with.</summary>
    /// <returns><see langword="false"/> with the kernel's error; EINVAL for a type that holds a NUL.</returns>
    public static bool TryOpenFileSystem(ReadOnlySpan<byte> type, out SafeFileHandle context, out Errno error)
    {
        const int CloseOnExec = 1;
        NativeCall call = NativeCall.Asking(Errno.EINVAL, type);
        while (call.IsDue)
            call.Answer(fsopen(SystemCallNumber.OpenFileSystem, type, CloseOnExec));
        return call.End(out context, out error);
    }

    /// <summary>fsconfig(2) with a text.</summary>
    /// <returns>No error, or the kernel's; EINVAL for a name or value that holds a NUL.</returns>
    public static Errno SetText(SafeFileHandle context, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        NativeCall call = NativeCall.Asking(Errno.EINVAL, key, value);
        while (call.IsDue)
            call.Answer(fsconfig(SystemCallNumber.ConfigureFileSystem, context, (nint)FsConfigCommand.SetString, key, value, 0));
        return call.Error;
    }

    /// <summary>fsconfig(2) with a name alone.</summary>
    /// <returns>No error, or the kernel's; EINVAL for a name that holds a NUL.</returns>
    public static Errno SetFlag(SafeFileHandle context, ReadOnlySpan<byte> key)
    {
        NativeCall call = NativeCall.Asking(Errno.EINVAL, key);
        while (call.IsDue)
            call.Answer(fsconfig(SystemCallNumber.ConfigureFileSystem, context, (nint)FsConfigCommand.SetFlag, key, 0, 0));
        return call.Error;
    }

    /// <summary>fsconfig(2) with an open file.</summary>
    /// <returns>No error, or the kernel's; EINVAL for a name that holds a NUL.</returns>
    public static Errno SetFile(SafeFileHandle context, ReadOnlySpan<byte> key, SafeFileHandle file)
    {
        NativeCall call = NativeCall.Asking(Errno.EINVAL, key);
        while (call.IsDue)
            call.Answer(fsconfig(SystemCallNumber.ConfigureFileSystem, context, (nint)FsConfigCommand.SetFile, key, 0, file));
        return call.Error;
    }

    /// <summary>fsconfig(2): makes the super block.</summary>
    public static Errno CreateFileSystem(SafeFileHandle context)
    {
        NativeCall call = NativeCall.Changing("fsconfig");
        while (call.IsDue)
            call.Answer(fsconfig(SystemCallNumber.ConfigureFileSystem, context, (nint)FsConfigCommand.Create, 0, 0, 0));
        return call.Error;
    }

    /// <summary>fsmount(2): the mount of a configured file system, not attached anywhere.</summary>
    public static bool TryFsMount(SafeFileHandle context, out SafeFileHandle mount, out Errno error)
    {
        const int CloseOnExec = 1;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(fsmount(SystemCallNumber.MountFileSystem, context, CloseOnExec, 0));
        return call.End(out mount, out error);
    }

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsopen(nint number, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> type, nint flags);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsconfig(
        nint number, SafeFileHandle context, nint command, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> key, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> value, nint none);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsconfig(nint number, SafeFileHandle context, nint command, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> key, nint none, nint alsoNone);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsconfig(nint number, SafeFileHandle context, nint command, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> key, nint none, SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsconfig(nint number, SafeFileHandle context, nint command, nint noKey, nint none, nint alsoNone);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint fsmount(nint number, SafeFileHandle context, nint flags, nint attributes);
}
