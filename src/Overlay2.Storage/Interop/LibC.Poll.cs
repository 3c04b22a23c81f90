using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

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
        Errno error = Errno.Of(poll(descriptors, (nuint)descriptors.Length, timeoutMilliseconds));
        if (error != Errno.EINTR)
            return error;
        foreach (ref PollDescriptor descriptor in descriptors)
            descriptor.Happened = PollEvents.None;
        return default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(Span<PollDescriptor> descriptors, nuint count, int timeout);
}
