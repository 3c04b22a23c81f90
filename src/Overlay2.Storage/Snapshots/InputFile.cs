using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Snapshots;

/// <summary>The one door through which a file that a caller names is read, such as a snapshot, a plan or a profile: a regular file or a pipe.</summary>
/// <remarks>Links are followed, as by every program: the caller chose the name. A device is not even opened, since that can act on it, and reading one may never end.</remarks>
public static class InputFile
{
    /// <summary>Opens a file for reading, unbuffered. A pipe that nobody writes to is waited for.</summary>
    /// <param name="path">Where it is; relative to the working directory if it is relative.</param>
    /// <exception cref="InputFileException">It cannot be opened, or is no regular file and no pipe.</exception>
    public static FileStream Open(BytePath path)
    {
        Look(path, OpenFlags.Path, out SafeFileHandle looked);
        looked.Dispose();
        Look(path, OpenFlags.ReadOnly, out SafeFileHandle file);
        return new FileStream(file, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>Reads a file whole.</summary>
    /// <param name="path">Where it is; relative to the working directory if it is relative.</param>
    /// <param name="maxLength">How many bytes it may have.</param>
    /// <exception cref="InputFileException">It cannot be read, is no regular file and no pipe, or has more bytes.</exception>
    public static byte[] Read(BytePath path, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        using FileStream file = Open(path);
        using var content = new MemoryStream();
        byte[] part = new byte[1 << 16];
        try
        {
            for (int count; (count = file.Read(part)) > 0;)
            {
                if (content.Length + count > maxLength)
                    throw new InputFileException(path, $"it has more than {maxLength} bytes");
                content.Write(part, 0, count);
            }
        }
        catch (IOException e) when (e is not InputFileException)
        {
            throw new InputFileException(path, e.Message);
        }

        return content.ToArray();
    }

    private static void Look(BytePath path, int flags, out SafeFileHandle file)
    {
        bool isOpen = LibC.TryOpen(path.Span, flags, out file, out Errno error);
        if (isOpen && LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out error) && (status.Mode & FileStatus.TypeMask) is FileStatus.RegularType or FileStatus.FifoType)
            return;
        file.Dispose();
        throw new InputFileException(path, error.IsError ? error.ToString() : "it is no regular file and no pipe");
    }
}
