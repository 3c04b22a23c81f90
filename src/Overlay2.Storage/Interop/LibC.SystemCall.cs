using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>syscall(2), once for each number of arguments.</summary>
internal static unsafe partial class LibC
{
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall1(nint number, nint first);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall2(nint number, nint first, nint second);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall3(nint number, nint first, nint second, nint third);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall4(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall5(nint number, nint first, nint second, nint third, nint fourth, nint fifth);
}
