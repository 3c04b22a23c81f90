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
        {
            error = Errno.EINVAL;
            return false;
        }

        if (status.Size > (ulong)maxLength)
        {
            error = Errno.EFBIG;
            return false;
        }

        // One byte more than the size says shows the end; the files of /proc say 0.
        byte[] buffer = new byte[(int)Math.Min(Math.Max(FirstLength, status.Size + 1), (ulong)maxLength + 1)];
        int length = 0;
        while (true)
        {
            if (!LibC.TryRead(file, buffer.AsSpan(length), out int count, out error))
                return false;
            if (count == 0)
                break;
            length += count;
            if (length > maxLength)
            {
                error = Errno.EFBIG;
                return false;
            }

            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxLength + 1));
        }

        content = buffer[..length];
        return true;
    }
}
