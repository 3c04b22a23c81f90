using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>The calling thread's directory of /proc, kept open so that it works after chroot too.</summary>
internal sealed partial class ThreadProc : IDisposable
{
    private readonly SafeFileHandle _directory;

    public ThreadProc()
    {
        Assert.True(LibC.TryOpen("/proc/thread-self"u8, OpenFlags.Path, out _directory, out Errno error), error.ToString());
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>The thread's mount table as text.</summary>
    public byte[] ReadMountInfo() => Read("mountinfo"u8);

    /// <summary>The id of the mount that the kernel's own walk along the path ends in; -1 if the path does not exist.</summary>
    public int GetMountId(ReadOnlySpan<byte> path)
    {
        if (!LibC.TryOpen(path, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle opened, out Errno error))
        {
            Assert.True(error == Errno.ENOENT || error == Errno.ENOTDIR, $"{error}: {Encoding.Latin1.GetString(path)}");
            return -1;
        }

        using SafeFileHandle file = opened;
        string info = Encoding.ASCII.GetString(Read(Encoding.ASCII.GetBytes($"fdinfo/{file.DangerousGetHandle()}")));
        string line = info.Split('\n').Single(line => line.StartsWith("mnt_id:", StringComparison.Ordinal));
        return int.Parse(line.AsSpan("mnt_id:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    /// <summary>The mount id of the longest part of the path that exists.</summary>
    public int GetMountIdOfExistingPart(ReadOnlySpan<byte> path)
    {
        while (true)
        {
            int id = GetMountId(path.IsEmpty ? "/"u8 : path);
            if (id >= 0)
                return id;
            path = path[..path.LastIndexOf((byte)'/')];
        }
    }

    public static void ChangeRoot(string directory)
    {
        Assert.Equal(0, chroot(directory));
        Assert.Equal(0, chdir("/"));
    }

    private byte[] Read(ReadOnlySpan<byte> name)
    {
        Assert.True(
            LibC.TryOpenAt(_directory, name, OpenFlags.ReadOnly, mode: 0, out SafeFileHandle opened, out Errno error),
            error.ToString());
        using SafeFileHandle file = opened;
        byte[] text = new byte[1 << 12];
        int length = 0;
        while (true)
        {
            Assert.True(LibC.TryRead(file, text.AsSpan(length), out int count, out error), error.ToString());
            if (count == 0)
                return text[..length];
            length += count;
            if (length == text.Length)
                Array.Resize(ref text, length * 2);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chroot(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);
}
