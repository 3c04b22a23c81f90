using System.Runtime.InteropServices;

namespace Overlay2.Storage.Benchmarks.Simulator;

/// <summary>The system calls of a measurement.</summary>
internal static unsafe partial class NativeCalls
{
    public const int CurrentDirectory = -100;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int CloseOnExec = 0x80000;
    public const int NewMountNamespace = 0x20000;
    public const uint BasicStatus = 0x7FF;
    public const nuint MountPrivateTree = (1 << 18) | 0x4000;

    private const string Library = "libc";

    /// <summary>O_DIRECTORY, which differs between processors.</summary>
    public static int Directory { get; } = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    [LibraryImport(Library, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, string? data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport(Library, EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeDirectory(string path);

    [LibraryImport(Library, EntryPoint = "umask")]
    public static partial uint SetUmask(uint mask);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ReadEntries(int descriptor, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    public static partial int GetStatus(int directory, byte* path, int flags, uint mask, byte* status);

    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true)]
    public static partial int MakeDirectory(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "rmdir", SetLastError = true)]
    public static partial int RemoveDirectory(byte* path);

    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true)]
    public static partial int Unlink(byte* path);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true)]
    public static partial int Rename(byte* from, byte* to);

    [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true)]
    public static partial int ChangeMode(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "lchown", SetLastError = true)]
    public static partial int ChangeOwner(byte* path, uint uid, uint gid);

    [LibraryImport(Library, EntryPoint = "link", SetLastError = true)]
    public static partial int Link(byte* from, byte* to);

    [LibraryImport(Library, EntryPoint = "symlink", SetLastError = true)]
    public static partial int MakeSymbolicLink(byte* target, byte* path);

    [LibraryImport(Library, EntryPoint = "readlink", SetLastError = true)]
    public static partial nint ReadLink(byte* path, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "setxattr", SetLastError = true)]
    public static partial int SetExtendedAttribute(byte* path, byte* name, byte* value, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "getxattr", SetLastError = true)]
    public static partial nint GetExtendedAttribute(byte* path, byte* name, byte* value, nuint length);

    [LibraryImport(Library, EntryPoint = "truncate", SetLastError = true)]
    public static partial int Truncate(byte* path, long length);
}
