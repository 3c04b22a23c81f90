using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>name_to_handle_at(2) from the working directory: the bytes that find the file again on its file system, with their type.</summary>
    public static bool TryGetFileHandle(ReadOnlySpan<byte> path, out int type, out byte[] handle, out Errno error)
    {
        const int MaxHandle = 128;
        const int Header = 8;
        type = 0;
        handle = [];
        error = Errno.ENOENT;
        using CString name = new(path, stackalloc byte[CString.StackLength]);
        if (name.HoldsNul)
            return false;

        Span<byte> buffer = stackalloc byte[Header + MaxHandle];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, MaxHandle);
        int mountId;
        fixed (byte* bytes = name, result = buffer)
            error = name_to_handle_at(CurrentDirectory, bytes, result, &mountId, 0) < 0 ? Errno.Last : default;
        if (error.IsError)
            return false;
        type = BinaryPrimitives.ReadInt32LittleEndian(buffer[4..]);
        handle = buffer.Slice(Header, BinaryPrimitives.ReadInt32LittleEndian(buffer)).ToArray();
        return true;
    }

    /// <summary>name_to_handle_at(2) of a name in an open directory, a symbolic link itself; the empty name is the open file.</summary>
    public static bool TryGetFileHandle(SafeFileHandle file, ReadOnlySpan<byte> name, out int type, out byte[] handle, out Errno error)
    {
        const int MaxHandle = 128;
        const int Header = 8;
        Span<byte> buffer = stackalloc byte[Header + MaxHandle];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, MaxHandle);
        int mountId;
        using CString text = new(name, stackalloc byte[CString.StackLength]);
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            fixed (byte* bytes = text, result = buffer)
                error = name_to_handle_at((int)file.DangerousGetHandle(), bytes, result, &mountId, AtFlags.EmptyPath) < 0 ? Errno.Last : default;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }

        type = error.IsError ? 0 : BinaryPrimitives.ReadInt32LittleEndian(buffer[4..]);
        handle = error.IsError ? [] : buffer.Slice(Header, BinaryPrimitives.ReadInt32LittleEndian(buffer)).ToArray();
        return !error.IsError;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int name_to_handle_at(int directory, byte* path, byte* handle, int* mountId, int flags);
}
