using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Reads files that a user wrote for himself, with no other rights than his.</summary>
/// <remarks>
/// No link leads out of the home directory, and the file that was opened is the user's own, or root's and readable by everybody: so also a hard link shows
/// nothing that the user could not read. A caller without privileges reads with his own rights anyway.
/// </remarks>
internal static class UserFile
{
    private const int EverybodyReads = 0x4; // 0004

    /// <summary>Reads a file, whole, up to a bound.</summary>
    /// <param name="host">The host's root directory.</param>
    /// <param name="home">The user's home directory.</param>
    /// <param name="path">The file in it.</param>
    /// <param name="userId">The user; <see langword="null"/> for whom the home directory belongs to.</param>
    /// <param name="maxLength">How many bytes it may have.</param>
    /// <param name="content">All of it.</param>
    /// <param name="error">The kernel's error; EACCES for what the user could not read.</param>
    public static bool TryRead(RootedDirectory host, ReadOnlySpan<byte> home, ReadOnlySpan<byte> path, uint? userId, int maxLength, out byte[] content, out Errno error)
    {
        content = [];
        if (!host.TryOpenDirectory(home, LinkRule.FollowInside, out RootedDirectory? opened, out error))
            return false;
        using RootedDirectory directory = opened!;
        bool isOpen = directory.TryOpenFile(path, OpenFlags.ReadOnly | OpenFlags.NonBlock, LinkRule.FollowInside, out SafeFileHandle found, out error);
        using SafeFileHandle file = found;
        if (isOpen && !MayRead(directory, file, userId))
            error = Errno.EACCES;
        return !error.IsError && BoundedFile.TryRead(file, maxLength, out content, out error);
    }

    private static bool MayRead(RootedDirectory home, SafeFileHandle file, uint? userId) =>
        LibC.GetUserId() != 0
        || (home.TryIdentify(out FileStatus above) && LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out _)
            && (status.UserId == (userId ?? above.UserId) || (status.UserId == 0 && (status.Mode & EverybodyReads) != 0)));
}
