using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

/// <summary>A directory tree of this machine.</summary>
/// <param name="root">The directory, which the tree owns.</param>
/// <param name="place">Its path on the host.</param>
internal sealed partial class LiveFileTree(RootedDirectory root, BytePath place) : IFileTree, IDisposable
{
    private const int ListBufferLength = 1 << 15;

    private readonly RootedDirectory _root = root;
    private readonly BytePath _path = place;

    /// <summary>Opens a directory of the host. On the way to it links are followed, inside the host root only; below it none is.</summary>
    public static bool TryOpen(
        BytePath hostRoot, BytePath directory, [NotNullWhen(true)] out LiveFileTree? tree, [NotNullWhen(false)] out StoreProblem? problem, bool avoidOpenAt2 = false)
    {
        tree = null;
        if (!RootedDirectory.TryOpen(hostRoot.Span, out RootedDirectory? host, out Errno error, avoidOpenAt2))
        {
            problem = ProblemOf(hostRoot, StoreOperation.Open, error);
            return false;
        }

        using (host)
            return TryOpen(host!, directory, out tree, out problem);
    }

    /// <summary>Opens a directory below a host's root directory that is open already.</summary>
    public static bool TryOpen(RootedDirectory host, BytePath directory, [NotNullWhen(true)] out LiveFileTree? tree, [NotNullWhen(false)] out StoreProblem? problem)
    {
        bool isOpen = host.TryOpenDirectory(directory.Span, LinkRule.FollowInside, out RootedDirectory? root, out Errno error);
        tree = isOpen ? new LiveFileTree(root!, directory) : null;
        problem = isOpen ? null : ProblemOf(directory, StoreOperation.Open, error);
        return isOpen;
    }

    public bool TryRead(BytePath path, int maxLength, out ByteString content, [NotNullWhen(false)] out StoreProblem? problem)
    {
        content = default;
        if (!TryOpenRegular(path, StoreOperation.Read, maxLength, out SafeFileHandle? file, out ulong size, out problem))
            return false;

        using (file)
        {
            // One byte more than the size says shows the end, or a file that grew.
            byte[] buffer = new byte[(int)size + 1];
            int length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    if (length > maxLength)
                    {
                        problem = Problem(path, StoreOperation.Read, StoreProblemReason.TooLarge, $"more than {maxLength} bytes");
                        return false;
                    }

                    Array.Resize(ref buffer, (int)Math.Min((2L * length) + 64, maxLength + 1L));
                }

                if (!LibC.TryRead(file, buffer.AsSpan(length), out int count, out Errno error))
                {
                    problem = Problem(path, StoreOperation.Read, error);
                    return false;
                }

                if (count == 0)
                    break;
                length += count;
            }

            content = ByteString.Wrap(buffer.AsMemory(0, length));
            return true;
        }
    }

    public bool TryOpen(BytePath path, long maxLength, [NotNullWhen(true)] out IByteSource? source, [NotNullWhen(false)] out StoreProblem? problem)
    {
        source = TryOpenRegular(path, StoreOperation.Open, maxLength, out SafeFileHandle? file, out _, out problem) ? new FileSource(file) : null;
        return source is not null;
    }

    public bool TryReadLink(BytePath path, out BytePath target, [NotNullWhen(false)] out StoreProblem? problem)
    {
        target = default;
        if (!TryOpenEntry(path, OpenFlags.Path | OpenFlags.NoFollow, StoreOperation.ReadLink, out SafeFileHandle? link, out problem))
            return false;

        using (link)
        {
            // The kernel answers ENOENT where the open file is no link.
            if (LibC.TryReadLink(link, default, out byte[] bytes, out Errno error))
                target = new BytePath(ByteString.Wrap(bytes));
            else if (error == Errno.ENOENT || error == Errno.EINVAL)
                problem = Problem(path, StoreOperation.ReadLink, StoreProblemReason.WrongType, "not a symbolic link");
            else
                problem = Problem(path, StoreOperation.ReadLink, error);
            return problem is null;
        }
    }

    public void Dispose() => _root.Dispose();

    /// <summary>Opens a regular file; the type is known before it is opened for reading, since opening a device can act on it.</summary>
    private bool TryOpenRegular(
        BytePath path, StoreOperation operation, long maxLength, [NotNullWhen(true)] out SafeFileHandle? file, out ulong size, [NotNullWhen(false)] out StoreProblem? problem)
    {
        size = 0;
        file = null;
        if (!TryGetFileStatus(path, operation, out FileStatus status, out problem))
            return false;
        problem = Refuse(path, operation, status, maxLength);
        if (problem is not null || !TryOpenEntry(path, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoFollow, operation, out file, out problem))
            return false;

        problem = LibC.TryStatx(file, StatusMask.Basic, out status, out Errno error) ? Refuse(path, operation, status, maxLength) : Problem(path, operation, error);
        size = status.Size;
        if (problem is not null)
            file.Dispose();
        return problem is null;
    }

    private StoreProblem? Refuse(BytePath path, StoreOperation operation, in FileStatus status, long maxLength) =>
        FileTreeStatus.RefusalOf(FileTreeStatus.TypeOf(status.Mode), status.Size, maxLength) is { } refusal ? Problem(path, operation, refusal.Reason, refusal.Detail) : null;
}
