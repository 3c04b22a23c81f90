using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Journal;

/// <summary>Takes the lock of an open file, and gives it back.</summary>
internal static class FileLock
{
    private const int MostTries = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Takes it. A process that is just being started by somebody holds the files of this one, and their locks, for a moment: so it is tried for a second.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="isShared">Whether others may have it that want to share it too.</param>
    /// <returns>No error, or the kernel's: EAGAIN where another one has it.</returns>
    public static Errno Take(SafeFileHandle file, bool isShared = false)
    {
        Errno error = LibC.TryLock(file, isShared);
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            Thread.Sleep(s_pause);
            error = LibC.TryLock(file, isShared);
        }

        return error;
    }

    /// <summary>Gives it back and closes the file; to close it is not enough while a process that is just being started has it too.</summary>
    public static void Release(SafeFileHandle file)
    {
        if (!file.IsInvalid && !file.IsClosed)
            LibC.Unlock(file);
        file.Dispose();
    }
}
