using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>open(2), openat2(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>openat(2) from the working directory, always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error) =>
        TryOpenAt(CurrentDirectory, path, flags, out file, out error);

    /// <summary>openat(2) in an open directory, always with O_CLOEXEC; starts again after a signal.</summary>
    public static bool TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out SafeFileHandle file, out Errno error) =>
        TryOpenAt(directory, path, flags, mode: 0, out file, out error);

    /// <summary>openat(2), always with O_CLOEXEC; starts again after a signal.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mode, out SafeFileHandle file, out Errno error)
    {
        NativeCall call = Opening("openat", path, flags);
        while (call.IsDue)
            call.Answer(openat(directory, path, flags | OpenFlags.CloseOnExec, mode));
        return call.End(out file, out error);
    }

    /// <summary>openat2(2) (Linux 5.6), always with O_CLOEXEC; starts again after a signal and when the tree moved during the walk.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryOpenAt2(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, ResolveFlags resolve, out SafeFileHandle file, out Errno error)
    {
        const int MostAttempts = 16;
        OpenHow how = new() { Flags = (uint)(flags | OpenFlags.CloseOnExec), Resolve = (ulong)resolve };
        int attempts = 0;
        NativeCall call;
        do
        {
            call = Opening("openat2", path, flags);
            while (call.IsDue)
                call.Answer(openat2(SystemCallNumber.OpenAt2, directory, path, how, sizeof(OpenHow)));
        }
        while (call.Error == Errno.EAGAIN && ++attempts < MostAttempts);

        return call.End(out file, out error);
    }

    /// <summary>To open is to ask, unless it makes or empties a file.</summary>
    private static NativeCall Opening(string name, ReadOnlySpan<byte> path, int flags)
    {
        if ((flags & (OpenFlags.Create | OpenFlags.Truncate | OpenFlags.TemporaryAlone)) == 0)
            return NativeCall.Asking(Errno.ENOENT, path);
        return (flags & OpenFlags.Exclusive) == 0 ? NativeCall.Repeatable(name, Errno.ENOENT, path) : NativeCall.Changing(name, Errno.ENOENT, path);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int openat(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint openat2(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, in OpenHow how, nint length);

    /// <summary>What openat2(2) is asked (struct open_how).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
