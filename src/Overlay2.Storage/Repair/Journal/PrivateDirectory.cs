using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Journal;

/// <summary>A directory that is the caller's alone: nobody else can write in it, or put another one in its place.</summary>
/// <remarks>
/// It has mode 0700. Above it, each directory belongs to root or to the caller, and others may write there only where the sticky bit keeps them from
/// renaming what is not theirs (inode(7)). No name on the way is a link. It is opened once, name by name, and held.
/// </remarks>
internal sealed class PrivateDirectory : IDisposable
{
    private const uint DirectoryMode = 0x1C0; // 0700
    private const uint FileMode = 0x180; // 0600
    private const uint OthersRights = 0x3F; // 0077
    private const uint OthersMayWrite = 0x12; // 0022
    private const uint Sticky = 0x200; // 01000

    private readonly SafeFileHandle _directory;

    private PrivateDirectory(BytePath path, SafeFileHandle directory)
    {
        Path = path;
        _directory = directory;
    }

    public BytePath Path { get; }

    /// <summary>Makes the directory, or takes one that is the caller's.</summary>
    /// <param name="path">Where; relative to the working directory if it is relative. What is above it is made with it.</param>
    /// <exception cref="RepairJournalException">It cannot be made, or somebody else could write in it.</exception>
    public static PrivateDirectory Make(BytePath path)
    {
        path = Absolute(path);
        using SafeFileHandle above = Walk(path, isMade: true);
        Errno error = LibC.MakeDirectory(above, path.FileName.Span, DirectoryMode);
        if (error.IsError && error != Errno.EEXIST)
            throw Fail(path, error);
        return Enter(above, path);
    }

    /// <summary>Opens a directory that was made by <see cref="Make"/>.</summary>
    /// <exception cref="RepairJournalException">It is not there, or somebody else could write in it.</exception>
    public static PrivateDirectory Open(BytePath path)
    {
        path = Absolute(path);
        using SafeFileHandle above = Walk(path, isMade: false);
        return Enter(above, path);
    }

    /// <summary>Makes a file, which must not be there.</summary>
    public SafeFileHandle Create(ReadOnlySpan<byte> name, int flags) => OpenFile(name, flags | OpenFlags.Create | OpenFlags.Exclusive);

    /// <summary>Opens a file: a regular one of the caller's, which has no other name and which nobody else can read or write.</summary>
    public SafeFileHandle OpenFile(ReadOnlySpan<byte> name, int flags)
    {
        bool isOpen = LibC.TryOpenAt(_directory, name, flags | OpenFlags.NoFollow | OpenFlags.NonBlock, FileMode, out SafeFileHandle file, out Errno error);
        BytePath path = Path.Combine(new BytePath(name));
        if (isOpen && LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out error))
        {
            if (status.IsRegular && status.UserId == LibC.GetUserId() && (status.Mode & OthersRights) == 0 && status.LinkCount == 1)
                return file;
            file.Dispose();
            throw new RepairJournalException($"{path} is no file that only its owner can read and write, and that is the caller's.");
        }

        file.Dispose();
        throw Fail(path, error);
    }

    /// <summary>Removes what an earlier try may have left; anything else stays, and is refused.</summary>
    /// <param name="first">The name of a file.</param>
    /// <param name="second">The name of another.</param>
    /// <exception cref="RepairJournalException">It is not empty now.</exception>
    public void Empty(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        bool isEmpty = true;
        using (var names = new DirectoryReader(_directory))
        {
            while (names.Read())
                isEmpty &= names.Name.SequenceEqual(first) || names.Name.SequenceEqual(second);
            isEmpty &= !names.Error.IsError;
        }

        if (!isEmpty)
            throw new RepairJournalException($"{Path} is not empty: resume or roll back the run whose journal it holds, or name another directory.");
        Remove(first);
        Remove(second);
    }

    /// <summary>Gives a file a name that nothing has, on disk.</summary>
    public void Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Errno error = LibC.Rename(_directory, from, _directory, to, LibC.RenameNoReplace);
        if (!error.IsError)
            error = LibC.Synchronize(_directory);
        if (error.IsError)
            throw Fail(Path, error);
    }

    public void Dispose() => _directory.Dispose();

    public static RepairJournalException Fail(BytePath path, Errno error) => new($"{path}: {error}");

    private static PrivateDirectory Enter(SafeFileHandle above, BytePath path)
    {
        if (!LibC.TryOpenAt(above, path.FileName.Span, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.NonBlock, out SafeFileHandle opened, out Errno error))
        {
            opened.Dispose();
            throw Fail(path, error);
        }

        var directory = new PrivateDirectory(path, opened);
        bool isKnown = LibC.TryStatx(opened, StatusMask.Basic, out FileStatus status, out error);
        if (isKnown && status.UserId == LibC.GetUserId() && (status.Mode & OthersRights) == 0)
            return directory;
        directory.Dispose();
        throw isKnown ? new RepairJournalException($"{path} is not the caller's alone: it has to belong to the caller, with mode 0700.") : Fail(path, error);
    }

    /// <summary>Opens the directory above the last name of a path.</summary>
    private static SafeFileHandle Walk(BytePath path, bool isMade)
    {
        if (!path.TryGetParent(out BytePath parent) || path.Span.Contains((byte)0))
            throw new RepairJournalException($"{path} is no path for a directory of its own.");
        BytePath reached = BytePath.Root;
        SafeFileHandle directory = Step(LibC.CurrentDirectory, reached.Span, reached, isMade);
        foreach (ReadOnlySpan<byte> name in parent.GetComponents())
        {
            reached = reached.Combine(new BytePath(name));
            using SafeFileHandle above = directory;
            directory = Step(above, name, reached, isMade);
        }

        return directory;
    }

    /// <summary>Opens the next directory on the way, where only root and the caller can change what its names mean.</summary>
    private static SafeFileHandle Step(SafeFileHandle above, ReadOnlySpan<byte> name, BytePath path, bool isMade)
    {
        bool isOpen = LibC.TryOpenAt(above, name, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle directory, out Errno error);
        if (isMade && error == Errno.ENOENT && LibC.MakeDirectory(above, name, DirectoryMode) is var made && (!made.IsError || made == Errno.EEXIST))
            isOpen = LibC.TryOpenAt(above, name, OpenFlags.Path | OpenFlags.NoFollow, out directory, out error);
        if (!isOpen || !LibC.TryStatx(directory, StatusMask.Basic, out FileStatus status, out error))
        {
            directory.Dispose();
            throw Fail(path, error);
        }

        string? reason = !status.IsDirectory ? "is no directory"
            : status.UserId != 0 && status.UserId != LibC.GetUserId() ? "belongs to somebody else"
            : (status.Mode & OthersMayWrite) != 0 && (status.Mode & Sticky) == 0 ? "can be written by others"
            : null;
        if (reason is null)
            return directory;
        directory.Dispose();
        throw new RepairJournalException($"{path} {reason}: below it there is no place that is the caller's alone.");
    }

    private void Remove(ReadOnlySpan<byte> name)
    {
        Errno error = LibC.Remove(_directory, name, isDirectory: false);
        if (error.IsError && error != Errno.ENOENT)
            throw Fail(Path, error);
    }

    /// <summary>The path from the root. Since no name on the way may be a link, <c>..</c> means what it says.</summary>
    private static BytePath Absolute(BytePath path) => (path.IsAbsolute ? path : BytePath.FromText(Environment.CurrentDirectory).Combine(path)).WithoutDots();
}
