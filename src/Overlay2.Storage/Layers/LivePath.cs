using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <summary>A path taken apart: in which mount it ends, and where below its root.</summary>
/// <param name="Mount">The mount.</param>
/// <param name="MountPoint">Where the mount point is reached from here, if nothing covers it.</param>
/// <param name="Inside">The path from the root of the mounted file system.</param>
internal sealed record LivePath(MountEntry Mount, BytePath MountPoint, BytePath Inside)
{
    /// <summary>Finds the mount of a path as the kernel does; the end of the path need not exist.</summary>
    /// <exception cref="LiveOverlayException">The path or the mount table cannot be read.</exception>
    public static LivePath Find(BytePath path)
    {
        if (!path.IsAbsolute)
            throw new ArgumentException("The path is not absolute.", nameof(path));
        (BytePath root, BytePath rest, MountTableSource source) = Split(path);
        MountTable table;
        try
        {
            table = MountTable.Load(source, new MountTableLoadOptions { Lenient = true });
        }
        catch (MountTableException e)
        {
            throw new LiveOverlayException(LiveOverlayFailure.MountTable, root, LinuxError.OK, $"The mounts that {path} is seen through cannot be read: {e.Message}", e);
        }

        if (!RootedDirectory.TryOpen(root.Span, out RootedDirectory? directory, out Errno error))
            throw Unreachable(root, error);
        using (directory)
            return Find(directory!, root, path, rest, table);
    }

    /// <summary>Walks to the longest part of the path that exists; what follows is only text.</summary>
    private static LivePath Find(RootedDirectory directory, BytePath root, BytePath path, BytePath rest, MountTable table)
    {
        BytePath existing = rest;
        BytePath missing = default;
        while (true)
        {
            if (directory.TryOpenFile(existing.Span, OpenFlags.Path | OpenFlags.NoFollow, LinkRule.FollowInside, out SafeFileHandle handle, out Errno error))
            {
                using (handle)
                    return Locate(handle, root, existing, missing, path, table);
            }

            handle.Dispose();
            if (error != Errno.ENOENT || !existing.TryGetParent(out BytePath parent))
                throw Unreachable(path, error);
            missing = new BytePath(existing.FileName).Combine(missing);
            existing = parent;
        }
    }

    private static LivePath Locate(SafeFileHandle handle, BytePath root, BytePath existing, BytePath missing, BytePath path, MountTable table)
    {
        if (!LibC.TryStatx(handle, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out Errno error))
            throw Unreachable(path, error);
        string link = string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{handle.DangerousGetHandle()}");

        // The kernel's name for where the walk ended has no links and no "..".
        BytePath real = LibC.TryReadLink(LibC.CurrentDirectory, Encoding.ASCII.GetBytes(link), out byte[] target, out _) ? new BytePath(ByteString.Wrap(target)) : existing;
        MountEntry? mount = (status.Mask & StatusMask.MountId) != 0 && table.TryGet((int)status.MountId, out MountEntry? found) ? found : table.Resolve(real);
        if (mount is null)
            throw new LiveOverlayException(LiveOverlayFailure.NotOverlay, path, LinuxError.OK, $"The mount of {path} is not in the mount table of the process it is seen through.");
        BytePath? below = Below(real, mount.MountPoint) ?? Below(existing, mount.MountPoint);
        if (below is not { } inside)
            throw new LiveOverlayException(LiveOverlayFailure.Path, path, LinuxError.OK, $"{path} ends at {real}, which is not below the mount point {mount.MountPoint}.");
        return new LivePath(mount, root.Combine(Relative(mount.MountPoint)), Relative(mount.GetRootPath().Combine(inside)).Combine(missing));
    }

    /// <summary>A path through the root directory of a process is walked in the mounts of that process.</summary>
    private static (BytePath Root, BytePath Walked, MountTableSource Source) Split(BytePath path)
    {
        PathComponents components = path.GetComponents();
        if (components.MoveNext() && components.Current.SequenceEqual("proc"u8) && components.MoveNext())
        {
            ReadOnlySpan<byte> process = components.Current;
            bool isThread = process.SequenceEqual("thread-self"u8);
            int number = process.SequenceEqual("self"u8) ? Environment.ProcessId : 0;
            if ((isThread || number > 0 || (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0)) && components.MoveNext() && components.Current.SequenceEqual("root"u8))
            {
                int length = components.Through.Length;
                return (new BytePath(path.Span[..length]), BytePath.Root.Combine(Relative(new BytePath(path.Span[length..]))), isThread ? MountTableSource.Self : MountTableSource.Process(number));
            }
        }

        return (BytePath.Root, path, MountTableSource.Self);
    }

    private static BytePath? Below(BytePath path, BytePath directory) =>
        path.StartsWith(directory) ? Relative(new BytePath(path.Span[Math.Min(directory.Length, path.Length)..])) : null;

    private static BytePath Relative(BytePath path) => new(path.Span.TrimStart((byte)'/'));

    private static LiveOverlayException Unreachable(BytePath path, Errno error) =>
        new(LiveOverlayFailure.Path, path, (LinuxError)error.Value, $"{path} cannot be reached: {error}.");
}
