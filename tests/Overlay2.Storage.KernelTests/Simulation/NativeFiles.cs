using System.Runtime.InteropServices;
using System.Text;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Calls by path that only the comparison with the kernel needs.</summary>
internal static partial class NativeFiles
{
    public const int CurrentDirectory = -100;

    public const uint CharacterDevice = 0x2000;

    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    /// <summary>Zero, or the error number of the call just made.</summary>
    public static int Error(nint result) => result < 0 ? Errno.Last.Value : 0;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdir(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mknod(byte[] path, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint mmap(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int symlink(byte[] target, byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int link(byte[] from, byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chmod(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int lchown(byte[] path, uint user, uint group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int truncate(byte[] path, long size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int utimensat(int directory, byte[] path, long[]? times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int lsetxattr(byte[] path, byte[] name, byte[] value, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint lgetxattr(byte[] path, byte[] name, byte[] value, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint llistxattr(byte[] path, byte[] names, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int lremovexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setxattr(byte[] path, byte[] name, byte[] value, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int removexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pwrite(int file, byte[] bytes, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int file, byte[] bytes, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int open(byte[] path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chroot(byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chdir(byte[] path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchdir(int directory);

    [LibraryImport("libc")]
    public static partial uint umask(uint mask);
}
