using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>Removes everything below an open directory, and nothing else, however deep it is.</summary>
/// <remarks>
/// Every call names an entry in an open directory: no link is followed, no file is opened, and what somebody moves away meanwhile is not
/// run after. A mount ends it. Only so many directories are open at a time; on the way back up a closed one is reached by <c>..</c> and known
/// again by its number.
/// </remarks>
internal sealed class TreeRemoval : IDisposable
{
    private const int MostOpen = 64;
    private const int MostPasses = 16;
    private const int MostNamesShown = 16;
    private const ResolveFlags Beneath = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks | ResolveFlags.NoCrossMounts;

    private static readonly int s_flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow;

    private readonly BytePath _path;
    private readonly List<Level> _levels = [];
    private readonly byte[] _buffer = new byte[1 << 15];
    private readonly FileStatus _top;
    private readonly bool _hasOpenAt2;
    private readonly Action<ByteString>? _checkpoint;
    private string? _failure;

    private TreeRemoval(BytePath path, SafeFileHandle top, FileStatus status, Action<ByteString>? checkpoint, bool avoidOpenAt2)
    {
        _path = path;
        _checkpoint = checkpoint;
        _top = status;
        _hasOpenAt2 = LibC.TryOpenAt2(top, "."u8, OpenFlags.Path, Beneath, out SafeFileHandle tried, out _) && !avoidOpenAt2;
        tried.Dispose();
        _levels.Add(new Level(default, top, status.Inode));
    }

    /// <summary>Empties a directory.</summary>
    /// <param name="directory">The directory, opened for reading; it is closed.</param>
    /// <param name="path">Its path, for showing.</param>
    /// <param name="checkpoint">Called before each entry is removed; for tests that change something there, or stop.</param>
    /// <param name="avoidOpenAt2">Compare mounts and devices even where openat2 works.</param>
    /// <returns>Why something is left; <see langword="null"/> if nothing is.</returns>
    public static string? Empty(SafeFileHandle directory, BytePath path, Action<ByteString>? checkpoint = null, bool avoidOpenAt2 = false)
    {
        if (!LibC.TryStatx(directory, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out Errno error))
        {
            directory.Dispose();
            return $"{path}: {error}";
        }

        using var removal = new TreeRemoval(path, directory, status, checkpoint, avoidOpenAt2);
        while (removal.TryStep())
        {
            // A level, a chunk of names or a way back up at a time.
        }

        return removal._failure;
    }

    public void Dispose()
    {
        foreach (Level level in _levels)
            level.File?.Dispose();
    }

    /// <returns><see langword="false"/> at the end, good or not.</returns>
    private bool TryStep()
    {
        Level level = _levels[^1];
        if (level.Directories.TryDequeue(out ByteString name))
            return TryEnter(level, name);
        if (!level.IsListed)
            return TryTakeNames(level);
        return _levels.Count > 1 && TryLeave(level);
    }

    /// <summary>Removes the next files of a directory, and notes the directories.</summary>
    private bool TryTakeNames(Level level)
    {
        if (!LibC.TryReadDirectory(level.File!, _buffer, out int length, out Errno error))
            return Fail(default, error);
        level.IsListed = length == 0;
        var records = new DirectoryRecords(_buffer.AsSpan(0, length));
        while (records.MoveNext())
        {
            var name = new ByteString(records.Name);
            if (records.Type == FileStatus.DirectoryType >> 12)
                level.Directories.Enqueue(name);
            else if (!TryRemoveFile(level, name))
                return false;
        }

        return true;
    }

    private bool TryRemoveFile(Level level, ByteString name)
    {
        _checkpoint?.Invoke(name);
        Errno error = LibC.Remove(level.File!, name.Span, isDirectory: false);

        // The type of an entry need not be told, and can have changed since.
        if (error == Errno.EISDIR)
            level.Directories.Enqueue(name);
        return !error.IsError || error == Errno.ENOENT || error == Errno.EISDIR || Fail(name, error);
    }

    private bool TryEnter(Level level, ByteString name)
    {
        if (!TryOpen(level.File!, name, out SafeFileHandle file, out ulong inode, out Errno error))
        {
            file.Dispose();
            return error == Errno.ENOENT || (error == Errno.ELOOP || error == Errno.ENOTDIR ? TryRemoveFile(level, name) : Fail(name, error));
        }

        _levels.Add(new Level(name, file, inode));
        if (_levels.Count > MostOpen + 1)
        {
            Level above = _levels[^(MostOpen + 1)];
            above.File?.Dispose();
            above.File = null;
        }

        return true;
    }

    private bool TryOpen(SafeFileHandle directory, ByteString name, out SafeFileHandle file, out ulong inode, out Errno error)
    {
        inode = 0;
        bool isOpen = _hasOpenAt2
            ? LibC.TryOpenAt2(directory, name.Span, s_flags, Beneath, out file, out error)
            : LibC.TryOpenAt(directory, name.Span, s_flags, out file, out error);
        if (!isOpen || !LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out error))
            return false;
        inode = status.Inode;
        error = IsOnMount(status) ? default : Errno.EXDEV;
        return !error.IsError;
    }

    private bool IsOnMount(in FileStatus status) => status.DeviceMajor == _top.DeviceMajor && status.DeviceMinor == _top.DeviceMinor
        && ((status.Mask & _top.Mask & StatusMask.MountId) == 0 || status.MountId == _top.MountId);

    /// <summary>Removes a directory that is empty now, from the one above.</summary>
    private bool TryLeave(Level level)
    {
        Level above = _levels[^2];
        if (above.File is null && !TryOpenAbove(level, above))
            return false;
        _checkpoint?.Invoke(level.Name);
        Errno error = LibC.Remove(above.File!, level.Name.Span, isDirectory: true);
        if (error == Errno.ENOTEMPTY && level.Passes++ < MostPasses)
        {
            // Some file systems pass over names while others are removed.
            level.IsListed = false;
            return LibC.TryRewind(level.File!, out error) || Fail(default, error);
        }

        level.File!.Dispose();
        _levels.RemoveAt(_levels.Count - 1);
        return !error.IsError || error == Errno.ENOENT || Fail(level.Name, error);
    }

    private bool TryOpenAbove(Level level, Level above)
    {
        bool isOpen = LibC.TryOpenAt(level.File!, ".."u8, s_flags, out SafeFileHandle file, out Errno error);
        if (isOpen && LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out error) && status.Inode == above.Inode && IsOnMount(status))
        {
            above.File = file;
            above.IsListed = false;
            above.Directories.Clear();
            return true;
        }

        file.Dispose();
        _failure = error.IsError ? $"{Describe(default)}: {error}" : $"{Describe(default)} was moved meanwhile";
        return false;
    }

    private bool Fail(ByteString name, Errno error)
    {
        string path = Describe(name);
        _failure = error == Errno.EXDEV || error == Errno.EBUSY ? $"something is mounted on {path}: {error}"
            : error == Errno.EPERM && FindProtected(name) is { } reason ? reason
            : $"{path}: {error}";
        return false;
    }

    /// <summary>What chattr(1) forbids: the entry's own removal, or any removal from its directory.</summary>
    private string? FindProtected(ByteString name)
    {
        if (_levels[^1].File is not { } directory)
            return null;
        if (!name.IsEmpty && LibC.TryStatx(directory, name.Span, AtFlags.NoFollow, StatusMask.Basic, out FileStatus entry, out _) && AttributeOf(entry) is { } own)
            return $"{Describe(name)} is {own}";
        return LibC.TryStatx(directory, StatusMask.Basic, out FileStatus status, out _) && AttributeOf(status) is { } above ? $"{Describe(default)} is {above}" : null;
    }

    private static string? AttributeOf(in FileStatus status) =>
        (status.Attributes & FileStatus.ImmutableAttribute) != 0 ? "immutable: take that from it (chattr -i), and resume"
        : (status.Attributes & FileStatus.AppendOnlyAttribute) != 0 ? "append-only: take that from it (chattr -a), and resume"
        : null;

    /// <summary>A path below the current directory; of one that is very deep only its end.</summary>
    private string Describe(ByteString name)
    {
        BytePath path = _levels.Count - 1 > MostNamesShown ? _path.Combine(BytePath.FromText("…")) : _path;
        foreach (Level level in _levels.Skip(Math.Max(1, _levels.Count - MostNamesShown)))
            path = path.Combine(new BytePath(level.Name));
        return path.Combine(new BytePath(name)).ToString();
    }

    private sealed class Level(ByteString name, SafeFileHandle file, ulong inode)
    {
        public ByteString Name { get; } = name;

        /// <summary>Closed while the removal is far below.</summary>
        public SafeFileHandle? File { get; set; } = file;

        public ulong Inode { get; } = inode;

        public Queue<ByteString> Directories { get; } = new();

        public bool IsListed { get; set; }

        public int Passes { get; set; }
    }
}
