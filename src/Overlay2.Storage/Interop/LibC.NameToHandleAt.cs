using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
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
        error = CString.HoldsNul(path) ? Errno.ENOENT : Errno.Of(name_to_handle_at(directory, path, buffer, out _, flags));
        type = error.IsError ? 0 : BinaryPrimitives.ReadInt32LittleEndian(buffer[4..]);
        handle = error.IsError ? [] : buffer.Slice(Header, BinaryPrimitives.ReadInt32LittleEndian(buffer)).ToArray();
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int name_to_handle_at(
        SafeFileHandle directory, [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> path, Span<byte> handle, out int mountId, int flags);
}
