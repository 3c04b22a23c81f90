using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Reads small files whole, up to a bound; a pipe, socket or device in their place is refused, not waited for.</summary>
internal static class BoundedFile
{
    private const int FirstLength = 4096;

    /// <summary>Reads a file below a directory.</summary>
    /// <returns><see langword="false"/> with the kernel's error; EFBIG for a file longer than allowed, EINVAL for one that is no regular file.</returns>
    public static bool TryRead(RootedDirectory root, ReadOnlySpan<byte> path, int maxLength, out byte[] content, out Errno error)
    {
        content = [];
        bool isOpen = root.TryOpenFile(path, OpenFlags.ReadOnly | OpenFlags.NonBlock, LinkRule.FollowInside, out SafeFileHandle opened, out error);
        using SafeFileHandle file = opened;
        return isOpen && TryRead(file, maxLength, out content, out error);
    }

    /// <summary>Reads a file by an ordinary walk.</summary>
    /// <returns><see langword="false"/> with the kernel's error; EFBIG for a file longer than allowed, EINVAL for one that is no regular file.</returns>
    public static bool TryRead(ReadOnlySpan<byte> path, int maxLength, out byte[] content, out Errno error)
    {
        content = [];
        bool isOpen = LibC.TryOpen(path, OpenFlags.ReadOnly | OpenFlags.NonBlock, out SafeFileHandle opened, out error);
        using SafeFileHandle file = opened;
        return isOpen && TryRead(file, maxLength, out content, out error);
    }

    /// <summary>Reads an open file from where it stands.</summary>
    /// <returns><see langword="false"/> with the kernel's error; EFBIG for a file longer than allowed, EINVAL for one that is no regular file.</returns>
    public static bool TryRead(SafeFileHandle file, int maxLength, out byte[] content, out Errno error)
    {
        content = [];
        if (!LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out error))
            return false;
        if (!status.IsRegular)
            error = Errno.EINVAL;
        else if (TryReadAll(file, status.Size, maxLength, out ReadOnlyMemory<byte> all, out error))
            content = all.ToArray();
        return !error.IsError;
    }

    /// <summary>Reads an open regular file from where it stands.</summary>
    /// <param name="file">The file, opened for reading.</param>
    /// <param name="size">The size that it says it has.</param>
    /// <param name="maxLength">How many bytes it may have.</param>
    /// <param name="content">All of it, in memory that nobody else has.</param>
    /// <param name="error">The kernel's error; EFBIG for a file longer than allowed.</param>
    public static bool TryReadAll(SafeFileHandle file, ulong size, int maxLength, out ReadOnlyMemory<byte> content, out Errno error)
    {
        // One byte more than the size says shows the end, or that it grew; the files of /proc say 0.
        error = size > (ulong)maxLength ? Errno.EFBIG : default;
        byte[] buffer = error.IsError ? [] : new byte[size > 0 ? (int)size + 1 : Math.Min(FirstLength, maxLength + 1)];
        int length = 0;
        while (!error.IsError && LibC.TryRead(file, buffer.AsSpan(length), out int count, out error) && count > 0)
        {
            length += count;
            if (length > maxLength)
                error = Errno.EFBIG;
            else if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, maxLength + 1L));
        }

        content = error.IsError || length == 0 ? default : buffer.AsMemory(0, length);
        return !error.IsError;
    }

    /// <summary>Fills a buffer from a place in an open file, as far as that reaches.</summary>
    public static bool TryReadAt(SafeFileHandle file, long offset, Span<byte> buffer, out int count, out Errno error)
    {
        count = 0;
        error = default;
        for (int read = 1; read > 0 && count < buffer.Length; count += read)
        {
            if (!LibC.TryReadAt(file, offset + count, buffer[count..], out read, out error))
                return false;
        }

        return true;
    }
}
