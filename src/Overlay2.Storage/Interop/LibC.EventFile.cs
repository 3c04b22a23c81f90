using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>eventfd(2), without blocking: a file that <see cref="SignalEvent"/> makes readable.</summary>
    public static bool TryOpenEvent(out SafeFileHandle file, out Errno error) =>
        TryOwn(eventfd(0, OpenFlags.CloseOnExec | OpenFlags.NonBlock), out file, out error);

    /// <summary>Makes an event file readable until it is read.</summary>
    public static void SignalEvent(SafeFileHandle file)
    {
        // Fails only if the count is at its end, and then the file is readable already.
        ulong one = 1;
        write(file, new ReadOnlySpan<byte>(&one, sizeof(ulong)), sizeof(ulong));
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}
