using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Functions of the C library, one file each: the raw call, and a form for spans that answers with an <see cref="Errno"/>.</summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>syscall(2), for calls that the C library has no function for everywhere.</summary>
    private const string SystemCall = "syscall";

    /// <summary>The "directory" that makes a relative path start at the working directory.</summary>
    public static readonly SafeFileHandle CurrentDirectory = new(-100, ownsHandle: false);

    /// <summary>Takes over the new descriptor that a native call gave.</summary>
    private static bool TryOwn(nint descriptor, out SafeFileHandle file, out Errno error)
    {
        error = Errno.Of(descriptor);
        file = new SafeFileHandle(descriptor, ownsHandle: true);
        return !error.IsError;
    }
}
