using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>Functions of the C library, one file for each family of manual pages: the raw call, and a form for spans that answers with an
/// <see cref="Errno"/>. Each is made through a <see cref="NativeCall"/>.</summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    /// <summary>syscall(2), for calls that the C library has no function for everywhere.</summary>
    private const string SystemCall = "syscall";

    /// <summary>The "directory" that makes a relative path start at the working directory.</summary>
    public static readonly SafeFileHandle CurrentDirectory = new(-100, ownsHandle: false);
}
