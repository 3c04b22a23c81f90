using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>What a file or a file system is: statx(2), fstatfs(2), FS_IOC_GETFSUUID, name_to_handle_at(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>statx(2) of a path from an open directory.</summary>
    /// <returns><see langword="false"/> with the kernel's error; ENOENT for a path that holds a NUL, which no file can have.</returns>
    public static bool TryStatx(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status, out Errno error)
    {
        status = default;
        NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(statx(directory, path, flags, mask, out status));

        // Filters of system calls that do not know it yet say so with EPERM (Docker's before 18.04), which no file is the reason of.
        return call.Error == Errno.EPERM ? TryStatAsBefore(directory, path, flags, out status, out error) : call.End(out error);
    }

    /// <summary>newfstatat(2), with what it tells as statx(2) tells it: no attributes, no time of birth and no mount.</summary>
    internal static bool TryStatAsBefore(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out FileStatus status, out Errno error)
    {
        ulong* words = stackalloc ulong[32];
        NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(newfstatat(SystemCallNumber.Status, directory, path, words, flags));
        bool isKnown = call.End(out error);
        status = isKnown ? FileStatus.Of(words, ProcessorNumbers.Current.HasWideLinkCount) : default;
        return isKnown;
    }

    /// <summary>statx(2) of an open file.</summary>
    public static bool TryStatx(SafeFileHandle file, uint mask, out FileStatus status, out Errno error) =>
        TryStatx(file, default, AtFlags.EmptyPath, mask, out status, out error);

    /// <summary>fstatfs(2): the magic number of a file system.</summary>
    public static bool TryGetMagic(SafeFileHandle file, out uint magic, out Errno error)
    {
        bool isKnown = TryGetSpace(file, out FileSystemStatus status, out error);
        magic = status.Magic;
        return isKnown;
    }

    /// <summary>fstatfs(2): what room a file system has.</summary>
    public static bool TryGetSpace(SafeFileHandle file, out FileSystemStatus space, out Errno error)
    {
        // The C library's structure has 120 bytes on 64-bit systems; the magic number is its first long.
        ulong* status = stackalloc ulong[32];
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(fstatfs(file, status));
        space = new FileSystemStatus((uint)status[0], status[1], status[2], status[3], status[4], status[5], status[6]);
        return call.End(out error);
    }

    /// <summary>ioctl(2) FS_IOC_GETFSUUID (Linux 6.9): the UUID of the file system of an open file; 16 bytes.</summary>
    public static bool TryGetFileSystemUuid(SafeFileHandle file, out byte[] uuid, out Errno error)
    {
        const nuint GetUuid = 0x80111500;
        const int Length = 16;
        byte* answer = stackalloc byte[Length + 1];
        error = Control(NativeCall.Asking(), file, GetUuid, answer);
        if (!error.IsError && answer[0] != Length)
            error = Errno.EOPNOTSUPP;
        uuid = error.IsError ? [] : new ReadOnlySpan<byte>(answer + 1, Length).ToArray();
        return !error.IsError;
    }

    /// <summary>name_to_handle_at(2) from the working directory: the bytes that find the file again on its file system, with their type.</summary>
    public static bool TryGetFileHandle(ReadOnlySpan<byte> path, out int type, out byte[] handle, out Errno error) =>
        TryGetFileHandle(CurrentDirectory, path, flags: 0, out type, out handle, out error);

    /// <summary>name_to_handle_at(2) of a name in an open directory, a symbolic link itself; the empty name is the open file.</summary>
    public static bool TryGetFileHandle(SafeFileHandle file, ReadOnlySpan<byte> name, out int type, out byte[] handle, out Errno error) =>
        TryGetFileHandle(file, name, AtFlags.EmptyPath, out type, out handle, out error);

    private static bool TryGetFileHandle(SafeFileHandle directory, ReadOnlySpan<byte> path, int flags, out int type, out byte[] handle, out Errno error)
    {
        const int MaxHandle = 128;
        const int Header = 8;
        Span<byte> buffer = stackalloc byte[Header + MaxHandle];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, MaxHandle);
        NativeCall call = NativeCall.Asking(Errno.ENOENT, path);
        while (call.IsDue)
            call.Answer(name_to_handle_at(directory, path, buffer, out _, flags));
        bool isKnown = call.End(out error);
        type = isKnown ? BinaryPrimitives.ReadInt32LittleEndian(buffer[4..]) : 0;
        handle = isKnown ? buffer.Slice(Header, BinaryPrimitives.ReadInt32LittleEndian(buffer)).ToArray() : [];
        return isKnown;
    }

    /// <summary>ioctl(2).</summary>
    private static Errno Control(NativeCall call, SafeFileHandle file, nuint request, void* argument)
    {
        while (call.IsDue)
            call.Answer(ioctl(file, request, argument));
        return call.Error;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int statx(SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, int flags, uint mask, out FileStatus status);

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint newfstatat(nint number, SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, void* status, nint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, void* status);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int name_to_handle_at(
        SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, Span<byte> handle, out int mountId, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, void* argument);
}
