using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests;

/// <summary>What damages are made with: native calls that have to succeed.</summary>
internal static partial class Native
{
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;

    /// <summary>mount(2).</summary>
    public static void Mount(string source, string target, string type, string data = "") => Check(LibC.Mount(Bytes(source), Bytes(target), Bytes(type), MountFlags.None, Bytes(data)), $"mount {type} on {target}");

    /// <summary>Mounts a directory at a place.</summary>
    public static void Bind(string source, string target) => Check(LibC.Mount(Bytes(source), Bytes(target), default, MountFlags.Bind, default), $"bind {source} on {target}");

    /// <summary>Makes a mount shared: what is mounted on it comes to its copies.</summary>
    public static void MakeShared(string target) => Check(LibC.Mount(default, Bytes(target), default, MountFlags.Shared, default), $"make {target} shared");

    public static void Unmount(string target) => Check(LibC.Unmount(Bytes(target), UnmountFlags.None), $"unmount {target}");

    /// <summary>A whiteout or another character device.</summary>
    public static void MakeCharacterDevice(string path) => Check(LibC.MakeNode(Bytes(path), CharacterDevice, device: 0), $"make {path}");

    public static void MakeBlockDevice(string path, uint major, uint minor) => Check(LibC.MakeNode(Bytes(path), BlockDevice | 0x180, (major << 8) | minor), $"make {path}");

    /// <summary>Changes the owner of an entry; of a link itself.</summary>
    public static void ChangeOwner(string path, uint user, uint group) => Check(LibC.ChangeLinkOwner(LibC.CurrentDirectory, Bytes(path), user, group), $"change the owner of {path}");

    /// <summary>Stops this process, and this thread before its next instruction (raise(3)): a signal to the process goes to any thread, and this one would go on until that one runs.</summary>
    public static void StopHere()
    {
        const int Stop = 19; // SIGSTOP
        Check(raise(Stop) == 0 ? default : new Errno(Marshal.GetLastPInvokeError()), "stop this process");
    }

    /// <summary>Lets a stopped process go on.</summary>
    public static void Continue(int processId)
    {
        const int Continue = 18; // SIGCONT
        Check(kill(processId, Continue) == 0 ? default : new Errno(Marshal.GetLastPInvokeError()), $"let process {processId} go on");
    }

    public static void SetAttribute(string path, string name, ReadOnlySpan<byte> value) => Check(LibC.SetExtendedAttribute(Bytes(path), Bytes(name), value), $"set {name} of {path}");

    /// <summary>Makes a file one that cannot be changed (chattr +i), or one that can only grow (chattr +a).</summary>
    public static void SetFlag(string path, uint flag) => SetFlags(path, flags => flags | flag);

    /// <summary>Makes it one like others.</summary>
    public static void ClearFlags(string path) => SetFlags(path, _ => 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int raise(int signal);

    private static void SetFlags(string path, Func<uint, uint> change)
    {
        if (LibC.TryOpen(Bytes(path), OpenFlags.ReadOnly, out SafeFileHandle file, out Errno error) && LibC.TryGetInodeFlags(file, out uint flags, out error))
            error = LibC.SetInodeFlags(file, change(flags));
        file.Dispose();
        Check(error, $"change the flags of {path}");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void Check(Errno error, string what)
    {
        if (error.IsError)
            throw new CrashFailure($"{what}: {error}");
    }
}
