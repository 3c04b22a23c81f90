using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>The content of an open file: read(2), pread(2), write(2), lseek(2), ftruncate(2), fallocate(2), copy_file_range(2), fsync(2), syncfs(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>read(2); starts again after a signal.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="buffer">Where to read to.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryRead(SafeFileHandle file, Span<byte> buffer, out int count, out Errno error)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(read(file, buffer, buffer.Length));
        return call.End(out count, out error);
    }

    /// <summary>pread(2); starts again after a signal.</summary>
    /// <param name="file">An open file that can seek.</param>
    /// <param name="offset">Where in the file, in bytes.</param>
    /// <param name="buffer">Where to read to.</param>
    /// <param name="count">How many bytes were read; 0 at the end.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryReadAt(SafeFileHandle file, long offset, Span<byte> buffer, out int count, out Errno error)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(pread(file, buffer, buffer.Length, offset));
        return call.End(out count, out error);
    }

    /// <summary>write(2), until all bytes are written; starts again after a signal.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            NativeCall call = NativeCall.Repeatable("write");
            while (call.IsDue)
                call.Answer(write(file, content, ChangingCalls.Shorten(content.Length)));
            if (!call.End(out int written, out Errno error))
                return error;
            content = content[written..];
        }

        return default;
    }

    /// <summary>lseek(2) back to the first byte.</summary>
    public static bool TryRewind(SafeFileHandle file, out Errno error)
    {
        const int FromStart = 0;
        return TrySeek(file, 0, FromStart, out _, out error);
    }

    /// <summary>lseek(2) with SEEK_DATA or SEEK_HOLE; ENXIO where no more follows.</summary>
    /// <param name="file">A regular file opened for reading.</param>
    /// <param name="offset">Where to look from, in bytes.</param>
    /// <param name="data">Whether data or a hole is looked for.</param>
    /// <param name="result">Where it starts.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TrySeek(SafeFileHandle file, long offset, bool data, out long result, out Errno error)
    {
        const int ToData = 3;
        const int ToHole = 4;
        return TrySeek(file, offset, data ? ToData : ToHole, out result, out error);
    }

    private static bool TrySeek(SafeFileHandle file, long offset, int whence, out long result, out Errno error)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(lseek(file, offset, whence));
        return call.End(out result, out error);
    }

    /// <summary>ftruncate(2): cuts a file off.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Truncate(SafeFileHandle file, long length)
    {
        NativeCall call = NativeCall.Repeatable("ftruncate");
        while (call.IsDue)
            call.Answer(ftruncate(file, length));
        return call.Error;
    }

    /// <summary>fallocate(2) from the first byte, with FALLOC_FL_KEEP_SIZE: the size of the file stays as it is.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno AllocateKeepingSize(SafeFileHandle file, long length)
    {
        const int KeepSize = 1;
        NativeCall call = NativeCall.Repeatable("fallocate");
        while (call.IsDue)
            call.Answer(fallocate(file, KeepSize, 0, length));
        return call.Error;
    }

    /// <summary>copy_file_range(2) (Linux 4.5), from the place where each file is; how many bytes it copied is not told.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno CopyRange(SafeFileHandle from, SafeFileHandle to, nuint length)
    {
        NativeCall call = NativeCall.Repeatable("copy_file_range");
        while (call.IsDue)
            call.Answer(copy_file_range(from, null, to, null, length, 0));
        return call.Error;
    }

    /// <summary>fsync(2): the file, or the names in a directory, are on disk afterwards.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Synchronize(SafeFileHandle file)
    {
        NativeCall call = NativeCall.Repeatable("fsync");
        while (call.IsDue)
            call.Answer(fsync(file));
        return call.Error;
    }

    /// <summary>syncfs(2): everything written to the file system that an open file is on is on disk afterwards.</summary>
    /// <returns>No error, or the kernel's: also one of an earlier write that nobody was told of.</returns>
    public static Errno SynchronizeFileSystem(SafeFileHandle file)
    {
        NativeCall call = NativeCall.Repeatable("syncfs");
        while (call.IsDue)
            call.Answer(syncfs(file));
        return call.Error;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(SafeFileHandle file, Span<byte> buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, Span<byte> buffer, nint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport(Library, SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint copy_file_range(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint length, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int syncfs(SafeFileHandle file);
}
