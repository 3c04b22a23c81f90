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
            if (!BoundedFile.TryReadAll(file, size, maxLength, out ReadOnlyMemory<byte> all, out Errno error))
                problem = error == Errno.EFBIG ? Problem(path, StoreOperation.Read, StoreProblemReason.TooLarge, $"more than {maxLength} bytes") : Problem(path, StoreOperation.Read, error);
            content = ByteString.Wrap(all);
            return problem is null;
        }
    }

    public bool TryOpen(BytePath path, long maxLength, [NotNullWhen(true)] out IByteSource? source, [NotNullWhen(false)] out StoreProblem? problem)
    {
        source = TryOpenRegular(path, StoreOperation.Open, maxLength, out SafeFileHandle? file, out _, out problem) ? new FileSource(file) : null;
        return source is not null;
    }

    public bool TryReadLink(BytePath path, out BytePath target, [NotNullWhen(false)] out StoreProblem? problem)
    {
        bool isRead = _root.TryReadLink(path.Span, LinkRule.Refuse, out byte[] bytes, out Errno error);
        target = new BytePath(ByteString.Wrap(bytes));
        problem = isRead ? null
            : error == Errno.EINVAL ? Problem(path, StoreOperation.ReadLink, StoreProblemReason.WrongType, "not a symbolic link")
            : Problem(path, StoreOperation.ReadLink, error);
        return isRead;
    }

    public void Dispose() => _root.Dispose();

    private bool TryOpenRegular(
        BytePath path, StoreOperation operation, long maxLength, [NotNullWhen(true)] out SafeFileHandle? file, out ulong size, [NotNullWhen(false)] out StoreProblem? problem)
    {
        bool isOpen = _root.TryOpenRegular(path.Span, LinkRule.Refuse, out file, out FileStatus status, out Errno error);
        problem = isOpen || error == Errno.EINVAL ? Refuse(path, operation, status, maxLength) : Problem(path, operation, error);
        size = status.Size;
        if (problem is not null)
            file.Dispose();
        return problem is null;
    }

    private StoreProblem? Refuse(BytePath path, StoreOperation operation, in FileStatus status, long maxLength) =>
        FileTreeStatus.RefusalOf(FileTreeStatus.TypeOf(status.Mode), status.Size, maxLength) is { } refusal ? Problem(path, operation, refusal.Reason, refusal.Detail) : null;
}
