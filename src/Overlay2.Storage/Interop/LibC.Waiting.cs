using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <content>poll(2), eventfd(2), flock(2).</content>
internal static unsafe partial class LibC
{
    /// <summary>poll(2) of one file; a signal counts as "nothing happened yet".</summary>
    /// <param name="file">An open file.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="timeoutMilliseconds">0 to look only, -1 to wait for ever.</param>
    /// <param name="happened">What happened; none at the time limit.</param>
    /// <param name="error">The kernel's error.</param>
    public static bool TryPoll(SafeFileHandle file, PollEvents events, int timeoutMilliseconds, out PollEvents happened, out Errno error)
    {
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            PollDescriptor descriptor = new() { File = (int)file.DangerousGetHandle(), Events = events };
            error = Poll(new Span<PollDescriptor>(ref descriptor), timeoutMilliseconds);
            happened = descriptor.Happened;
            return !error.IsError;
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>poll(2) of several files, which the caller keeps open; a signal counts as "nothing happened yet".</summary>
    /// <param name="descriptors">The files.</param>
    /// <param name="timeoutMilliseconds">0 to look only, -1 to wait for ever.</param>
    public static Errno Poll(Span<PollDescriptor> descriptors, int timeoutMilliseconds)
    {
        NativeCall call = NativeCall.Waiting();
        while (call.IsDue)
            call.Answer(poll(descriptors, (nuint)descriptors.Length, timeoutMilliseconds));
        if (call.Error != Errno.EINTR)
            return call.Error;
        foreach (ref PollDescriptor descriptor in descriptors)
            descriptor.Happened = PollEvents.None;
        return default;
    }

    /// <summary>eventfd(2), without blocking: a file that <see cref="SignalEvent"/> makes readable.</summary>
    public static bool TryOpenEvent(out SafeFileHandle file, out Errno error)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(eventfd(0, OpenFlags.CloseOnExec | OpenFlags.NonBlock));
        return call.End(out file, out error);
    }

    /// <summary>Makes an event file readable until it is read.</summary>
    /// <remarks>Fails only if the count is at its end, and then the file is readable already.</remarks>
    public static void SignalEvent(SafeFileHandle file)
    {
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(eventfd_write(file, 1));
    }

    /// <summary>flock(2), without waiting: EWOULDBLOCK (EAGAIN) if another open file holds it. Ends with the open file.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="isShared">Whether others may have it that want to share it too.</param>
    public static Errno TryLock(SafeFileHandle file, bool isShared = false)
    {
        const int Shared = 1;
        const int Exclusive = 2;
        const int NonBlocking = 4;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(flock(file, (isShared ? Shared : Exclusive) | NonBlocking));
        return call.Error;
    }

    /// <summary>flock(2): gives a lock back, also where a process that is just being started has the open file too.</summary>
    /// <remarks>Fails for nothing that is open.</remarks>
    /// <param name="file">The open file.</param>
    public static void Unlock(SafeFileHandle file)
    {
        const int Unlocked = 8;
        NativeCall call = NativeCall.Asking();
        while (call.IsDue)
            call.Answer(flock(file, Unlocked));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(Span<PollDescriptor> descriptors, nuint count, int timeout);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd_write(SafeFileHandle file, ulong value);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);
}
