using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.Simulation;
using Overlay2.Storage.Layers;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Does for real what <see cref="OverlayOperation"/> predicts, through a directory that shows the overlay.</summary>
internal static class LiveAction
{
    private const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Truncate = 0x200, Append = 0x400, NonBlock = 0x800;

    /// <summary>The same, with the directory as the root of the thread, so that links lead where they lead in a container. The thread must have a mount namespace of its own.</summary>
    public static LinuxError DoAsRoot(string merged, string path, OverlayOperation o)
    {
        int before = NativeFiles.open(NativeFiles.Text("/"), 0, 0);
        try
        {
            Assert.Equal(0, NativeFiles.chroot(NativeFiles.Text(merged)) + NativeFiles.chdir(NativeFiles.Text("/")));
            return Do("", path, o);
        }
        finally
        {
            Assert.Equal(0, NativeFiles.fchdir(before) + NativeFiles.chroot(NativeFiles.Text(".")));
            _ = NativeFiles.close(before);
        }
    }

    /// <returns>The error of the first call that failed.</returns>
    public static LinuxError Do(string merged, string path, OverlayOperation o)
    {
        byte[] at = NativeFiles.Text($"{merged}/{path}"), target = NativeFiles.Text($"{merged}/{o.Target}");
        byte[] name = [.. o.Name.Span, 0];
        return (LinuxError)(o.Kind switch
        {
            OverlayOperationKind.Read => WithFile(at, ReadOnly, 0, file => NativeFiles.Error(NativeFiles.pread(file, new byte[1], 1, 0))),
            OverlayOperationKind.Append => WithFile(at, WriteOnly | Append, 0, file => Write(file, o.Length)),
            OverlayOperationKind.Write => WithFile(at, WriteOnly, 0, file => Write(file, o.Length)),
            OverlayOperationKind.Empty => WithFile(at, WriteOnly | Truncate, 0, static _ => 0),
            OverlayOperationKind.Truncate => NativeFiles.Error(NativeFiles.truncate(at, o.Length)),
            OverlayOperationKind.Create => WithFile(at, WriteOnly | Create | Exclusive, o.Mode, static _ => 0),
            OverlayOperationKind.MakeDirectory => LibC.MakeDirectory(at.AsSpan()[..^1], (uint)o.Mode).Value,
            OverlayOperationKind.Unlink => LibC.Remove(at.AsSpan()[..^1], false).Value,
            OverlayOperationKind.RemoveDirectory => LibC.Remove(at.AsSpan()[..^1], true).Value,
            OverlayOperationKind.Rename => LibC.Rename(at.AsSpan()[..^1], target.AsSpan()[..^1], 0).Value,
            OverlayOperationKind.HardLink => NativeFiles.Error(NativeFiles.link(at, target)),
            OverlayOperationKind.SymbolicLink => NativeFiles.Error(NativeFiles.symlink([.. o.Target.Span, 0], at)),
            OverlayOperationKind.ChangeMode => NativeFiles.Error(NativeFiles.chmod(at, (uint)o.Mode)),
            OverlayOperationKind.ChangeOwner => NativeFiles.Error(NativeFiles.lchown(at, o.Uid ?? uint.MaxValue, o.Gid ?? uint.MaxValue)),
            OverlayOperationKind.Touch => Touch(at),
            OverlayOperationKind.SetAttribute => NativeFiles.Error(NativeFiles.setxattr(at, name, o.Value.Span.ToArray(), (nuint)o.Value.Length, 0)),
            _ => NativeFiles.Error(NativeFiles.removexattr(at, name)),
        });
    }

    /// <summary>What statx(2) shows, or <see langword="null"/> if nothing is there.</summary>
    public static (ulong Inode, uint Major, uint Minor, uint Links)? Look(string merged, string path, bool follow)
    {
        byte[] at = Encoding.UTF8.GetBytes($"{merged}/{path}");
        return LibC.TryStatx(LibC.CurrentDirectory, at, follow ? 0 : AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out _)
            ? (status.Inode, status.DeviceMajor, status.DeviceMinor, status.LinkCount)
            : null;
    }

    /// <summary>Makes a file that leaves just so much room on its file system.</summary>
    public static void Fill(string path, long leave)
    {
        using FileStream file = File.Create(path);
        byte[] part = new byte[1 << 16];
        while (new DriveInfo(path).AvailableFreeSpace > leave + part.Length)
        {
            file.Write(part);
            file.Flush();
        }
    }

    private static int Touch(byte[] at)
    {
        int error = NativeFiles.Error(NativeFiles.utimensat(NativeFiles.CurrentDirectory, at, null, 0));
        return error != Errno.ENOENT.Value ? error : WithFile(at, ReadWrite | Create, 0x1B6, static _ => 0);
    }

    private static int Write(int file, long length)
    {
        nint written = NativeFiles.pwrite(file, new byte[length], (nuint)length, 0);
        int error = NativeFiles.Error(written);
        return error == 0 && written < length ? Errno.ENOSPC.Value : error;
    }

    private static int WithFile(byte[] at, int flags, int mode, Func<int, int> use)
    {
        int file = NativeFiles.open(at, flags | NonBlock, (uint)mode);
        if (file < 0)
            return Errno.Last.Value;
        int error = use(file);
        _ = NativeFiles.close(file);
        return error;
    }
}
