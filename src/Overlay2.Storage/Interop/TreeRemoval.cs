using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

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
    private const ulong Forbidding = FileStatus.ImmutableAttribute | FileStatus.AppendOnlyAttribute;
    private const ResolveFlags Beneath = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks | ResolveFlags.NoCrossMounts;

    private static readonly int s_flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow;

    private readonly List<Level> _levels = [];
    private readonly FileStatus _top;
    private readonly bool _hasOpenAt2;
    private readonly Action<byte[]>? _checkpoint;
    private TreeRemovalFailure? _failure;

    private TreeRemoval(SafeFileHandle top, FileStatus status, Action<byte[]>? checkpoint, bool avoidOpenAt2)
    {
        _checkpoint = checkpoint;
        _top = status;
        _hasOpenAt2 = LibC.TryOpenAt2(top, "."u8, OpenFlags.Path, Beneath, out SafeFileHandle tried, out _) && !avoidOpenAt2;
        tried.Dispose();
        _levels.Add(new Level([], top, status.Inode));
    }

    /// <summary>Empties a directory.</summary>
    /// <param name="directory">The directory, opened for reading; it is closed.</param>
    /// <param name="checkpoint">Called before each entry is removed; for tests that change something there, or stop.</param>
    /// <param name="avoidOpenAt2">Compare mounts and devices even where openat2 works.</param>
    /// <returns>Why something is left; <see langword="null"/> if nothing is.</returns>
    public static TreeRemovalFailure? Empty(SafeFileHandle directory, Action<byte[]>? checkpoint = null, bool avoidOpenAt2 = false)
    {
        if (!LibC.TryStatx(directory, StatusMask.Basic | StatusMask.MountId, out FileStatus status, out Errno error))
        {
            directory.Dispose();
            return new TreeRemovalFailure([], error, Attributes: 0);
        }

        using var removal = new TreeRemoval(directory, status, checkpoint, avoidOpenAt2);
        while (removal.TryStep())
        {
            // A level, a chunk of names or a way back up at a time.
        }

        return removal._failure;
    }

    /// <summary>Removes a directory with all that is in it.</summary>
    /// <returns>Whether all of it is gone.</returns>
    public static bool TryRemove(SafeFileHandle parent, ReadOnlySpan<byte> name)
    {
        bool isOpen = LibC.TryOpenAt(parent, name, s_flags, out SafeFileHandle directory, out _);
        using (directory)
            _ = isOpen ? Empty(directory) : null;
        return !LibC.Remove(parent, name, isDirectory: true).IsError;
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
        if (level.Directories.TryDequeue(out byte[]? name))
            return TryEnter(level, name);
        if (!level.IsListed)
            return TryTakeNames(level);
        return _levels.Count > 1 && TryLeave(level);
    }

    /// <summary>Removes the next files of a directory, and notes the directories.</summary>
    private bool TryTakeNames(Level level)
    {
        using DirectoryReader reader = new(level.File!);
        while (reader.Read())
        {
            byte[] name = reader.Name.ToArray();
            if (reader.Type == FileStatus.DirectoryType >> 12)
                level.Directories.Enqueue(name);
            else if (!TryRemoveFile(level, name))
                return false;
            if (!reader.HasMoreAtHand)
                return true;
        }

        level.IsListed = true;
        return !reader.Error.IsError || Fail([], reader.Error);
    }

    private bool TryRemoveFile(Level level, byte[] name)
    {
        _checkpoint?.Invoke(name);
        Errno error = LibC.Remove(level.File!, name, isDirectory: false);

        // The type of an entry need not be told, and can have changed since.
        if (error == Errno.EISDIR)
            level.Directories.Enqueue(name);
        return !error.IsError || error == Errno.ENOENT || error == Errno.EISDIR || Fail(name, error);
    }

    private bool TryEnter(Level level, byte[] name)
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

    private bool TryOpen(SafeFileHandle directory, byte[] name, out SafeFileHandle file, out ulong inode, out Errno error)
    {
        inode = 0;
        bool isOpen = _hasOpenAt2
            ? LibC.TryOpenAt2(directory, name, s_flags, Beneath, out file, out error)
            : LibC.TryOpenAt(directory, name, s_flags, out file, out error);
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
        Errno error = LibC.Remove(above.File!, level.Name, isDirectory: true);
        if (error == Errno.ENOTEMPTY && level.Passes++ < MostPasses)
        {
            // Some file systems pass over names while others are removed.
            level.IsListed = false;
            return LibC.TryRewind(level.File!, out error) || Fail([], error);
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
        _failure = new TreeRemovalFailure(Describe([]), error, Attributes: 0);
        return false;
    }

    private bool Fail(byte[] name, Errno error)
    {
        // What chattr(1) forbids: the entry's own removal, or any removal from its directory.
        ulong attributes = 0;
        if (error == Errno.EPERM && _levels[^1].File is { } directory)
        {
            attributes = name.Length > 0 && LibC.TryStatx(directory, name, AtFlags.NoFollow, StatusMask.Basic, out FileStatus entry, out _) ? entry.Attributes & Forbidding : 0;
            if (attributes == 0 && LibC.TryStatx(directory, StatusMask.Basic, out FileStatus above, out _) && (attributes = above.Attributes & Forbidding) != 0)
                name = [];
        }

        _failure = new TreeRemovalFailure(Describe(name), error, attributes);
        return false;
    }

    private byte[] Describe(byte[] name)
    {
        List<byte> path = _levels.Count - 1 > MostNamesShown ? [.. "…"u8] : [];
        foreach (byte[] next in _levels.Skip(Math.Max(1, _levels.Count - MostNamesShown)).Select(level => level.Name).Append(name))
            path.AddRange(path.Count == 0 || next.Length == 0 ? next : [(byte)'/', .. next]);
        return [.. path];
    }

    private sealed class Level(byte[] name, SafeFileHandle file, ulong inode)
    {
        public byte[] Name { get; } = name;

        /// <summary>Closed while the removal is far below.</summary>
        public SafeFileHandle? File { get; set; } = file;

        public ulong Inode { get; } = inode;

        public Queue<byte[]> Directories { get; } = new();

        public bool IsListed { get; set; }

        public int Passes { get; set; }
    }
}
