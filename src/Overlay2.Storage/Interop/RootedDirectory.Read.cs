using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>What stores and layers are read with. Nothing is opened that is no directory or regular file, and nothing waited for.</content>
internal sealed partial class RootedDirectory
{
    /// <summary>Looks at what is there itself: a link at the end of the path is not followed.</summary>
    public bool TryGetStatus(ReadOnlySpan<byte> path, LinkRule links, out FileStatus status, out Errno error)
    {
        status = default;
        bool isOpen = TryOpenFile(path, OpenFlags.Path | OpenFlags.NoFollow, links, out SafeFileHandle file, out error);
        using (file)
            return isOpen && LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out status, out error);
    }

    /// <summary>Reads where a symbolic link leads, as it is written.</summary>
    /// <returns><see langword="false"/> with the kernel's error; EINVAL for what is no link.</returns>
    public bool TryReadLink(ReadOnlySpan<byte> path, LinkRule links, out byte[] target, out Errno error)
    {
        target = [];
        bool isOpen = TryOpenFile(path, OpenFlags.Path | OpenFlags.NoFollow, links, out SafeFileHandle file, out error);
        using (file)
        {
            if (isOpen && !LibC.TryReadLink(file, default, out target, out error) && error == Errno.ENOENT)
                error = Errno.EINVAL;
            return !error.IsError;
        }
    }

    /// <summary>Opens a directory or regular file for reading, without a change of its access time where the caller may ask for that.</summary>
    /// <param name="path">The path below the directory; empty for the directory itself.</param>
    /// <param name="flags">More flags of <see cref="OpenFlags"/>.</param>
    /// <param name="links">What symbolic links do.</param>
    /// <param name="file">The open file, to be disposed.</param>
    /// <param name="error">The kernel's error.</param>
    public bool TryOpenToRead(ReadOnlySpan<byte> path, int flags, LinkRule links, out SafeFileHandle file, out Errno error)
    {
        flags |= OpenFlags.ReadOnly | OpenFlags.NonBlock;
        if (TryOpenFile(path, flags | OpenFlags.NoAccessTime, links, out file, out error) || error != Errno.EPERM)
            return !error.IsError;
        file.Dispose();
        return TryOpenFile(path, flags, links, out file, out error);
    }

    /// <summary>Opens a regular file for reading; its type is known before, since opening a device can act on it, and looked at again behind.</summary>
    /// <param name="path">The path below the directory.</param>
    /// <param name="links">What symbolic links do on the way; at the end one is never followed.</param>
    /// <param name="file">The open file, to be disposed.</param>
    /// <param name="status">What is there.</param>
    /// <param name="error">The kernel's error; EINVAL for what is no regular file.</param>
    public bool TryOpenRegular(ReadOnlySpan<byte> path, LinkRule links, out SafeFileHandle file, out FileStatus status, out Errno error)
    {
        file = new SafeFileHandle(-1, ownsHandle: true);
        bool isKnown = TryGetStatus(path, links, out status, out error)
            && (!status.IsRegular || (TryOpenToRead(path, 0, links, out file, out error) && LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out status, out error)));
        if (isKnown && !status.IsRegular)
            error = Errno.EINVAL;
        if (error.IsError)
            file.Dispose();
        return !error.IsError;
    }
}
