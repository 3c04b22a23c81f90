using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

/// <summary>Small files, links and directories of stores. Every call names them in an open directory, to which no link below the store's root led.</summary>
internal sealed partial class LinuxEntries(LinuxMachine machine) : IEntryOperations
{
    private const int MostBytes = 1 << 20;
    private const uint NewFileMode = 0x1A4; // 0644
    private const uint NewDirectoryMode = 0x1C0; // 0700

    private byte[] _spareName = ".overlay2-storage.new"u8.ToArray();
    private byte[] _keptName = ".overlay2-storage.kept"u8.ToArray();

    /// <summary>The name of an entry that is being made or taken away. A run that a crash ended leaves one at most in a directory.</summary>
    private ReadOnlySpan<byte> SpareName => _spareName;

    /// <summary>The name of what somebody else put at a place in the very moment of a step, where it could not be put back.</summary>
    private ReadOnlySpan<byte> KeptName => _keptName;

    /// <summary>Called where somebody else can come in between two calls; for tests that do.</summary>
    public Action<string>? Checkpoint { get; set; }

    public void NameSpares(string mark)
    {
        _spareName = Encoding.ASCII.GetBytes($".overlay2-{mark}.new");
        _keptName = Encoding.ASCII.GetBytes($".overlay2-{mark}.kept");
    }

    public EntryState ReadEntry(StorePlace place) => LookAt(place, EntryState.Missing, TryRead);

    public EntryIdentity IdentifyEntry(StorePlace place) => LookAt(place, new EntryIdentity(StoreEntryType.Missing), TryIdentify);

    public HostResult ReplaceEntry(StorePlace place, EntryState from, EntryState to, StorePlace? like)
    {
        using Opened opened = OpenDirectoryOf(place);
        if (opened.Error.IsError)
            return new HostResult($"{place}: {opened.Reason}");
        SafeFileHandle directory = opened.File;
        ReadOnlySpan<byte> name = place.Path.FileName.Span;
        Errno error = RemoveSpare(directory);
        if (error.IsError)
            return HostResult.Failed(place.FullPath, error);
        if (!TryRead(directory, name, out EntryState now, out error))
            return HostResult.Failed(place.FullPath, error);
        if (now != from)
            return new HostResult($"{place}: there is {now} instead of {from}");

        HostResult result = to == EntryState.Missing ? TakeAway(directory, place, from) : Make(directory, place, from, to, like) is { IsDone: false } failed ? failed : PutInPlace(directory, place, from);
        if (!result.IsDone)
        {
            RemoveSpare(directory);
            return result;
        }

        error = LibC.Synchronize(directory);
        return error.IsError ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
    }

    public HostResult ClearLeftOver(StorePlace place)
    {
        using Opened directory = OpenDirectoryOf(place);
        Errno error = directory.Error.IsError ? directory.Error : RemoveSpare(directory.File);

        // A directory that was to be taken away, and is not empty: it goes back.
        if (error == Errno.ENOTEMPTY)
            error = LibC.Rename(directory.File, SpareName, directory.File, place.Path.FileName.Span, LibC.RenameNoReplace);
        return !error.IsError || error == Errno.ENOENT ? HostResult.Done : HostResult.Failed(place.FullPath, error);
    }

    public HostResult MoveEntry(StorePlace from, StorePlace to, EntryIdentity identity, bool synchronize)
    {
        using Opened source = OpenDirectoryOf(from);
        using Opened target = OpenDirectoryOf(to);
        if (source.Error.IsError || target.Error.IsError)
            return new HostResult(source.Error.IsError ? $"{from}: {source.Reason}" : $"{to}: {target.Reason}");
        ReadOnlySpan<byte> name = from.Path.FileName.Span;
        if (!TryIdentify(source.File, name, out EntryIdentity found, out Errno error))
            return HostResult.Failed(from.FullPath, error);
        if (!identity.Matches(found))
            return new HostResult($"{from}: there is another entry ({found}) than the one meant ({identity})");
        error = synchronize ? LibC.SynchronizeFileSystem(source.File) : default;
        if (error.IsError)
            return new HostResult($"{from}: not everything that was written is on disk: {error}");

        Checkpoint?.Invoke("before the rename");
        error = LibC.Rename(source.File, name, target.File, to.Path.FileName.Span, LibC.RenameNoReplace);
        if (error.IsError)
            return new HostResult($"{from} cannot be moved to {to}: {error}");

        // Between the look and the move somebody may have put another one there: it goes back.
        if (!TryIdentify(target.File, to.Path.FileName.Span, out found, out error) || !identity.Matches(found))
        {
            Errno refused = LibC.Rename(target.File, to.Path.FileName.Span, source.File, name, LibC.RenameNoReplace);
            return new HostResult($"{from}: another entry was put there meanwhile{(refused.IsError ? $"; it is at {to} now ({refused})" : "")}");
        }

        error = LibC.Synchronize(target.File);
        if (!error.IsError)
            error = LibC.Synchronize(source.File);
        return error.IsError ? HostResult.Failed(to.FullPath, error) : HostResult.Done;
    }

    /// <summary>Looks at an entry; where its directory is not there, it is missing.</summary>
    private T LookAt<T>(StorePlace place, T missing, EntryLook<T> look)
    {
        using Opened directory = OpenDirectoryOf(place);
        if (directory.Error == Errno.ENOENT || directory.Error == Errno.ENOTDIR)
            return missing;
        if (directory.Error.IsError)
            throw new IOException($"{place}: {directory.Reason}");
        return look(directory.File, place.Path.FileName.Span, out T found, out Errno error) ? found : throw new IOException($"{place}: {error}");
    }

    /// <summary>Makes the new entry under the spare name, on disk.</summary>
    private HostResult Make(SafeFileHandle directory, StorePlace place, EntryState from, EntryState to, StorePlace? like)
    {
        Errno error;
        switch (to.Type)
        {
            case StoreEntryType.SymbolicLink:
                error = LibC.MakeLink(directory, SpareName, to.Content.Span);
                ReadOnlySpan<byte> model = from.Type == StoreEntryType.SymbolicLink ? place.Path.FileName.Span : default;
                if (!error.IsError && LibC.TryStatx(directory, model, model.IsEmpty ? AtFlags.EmptyPath : AtFlags.NoFollow, StatusMask.Basic, out FileStatus owner, out error))
                    error = LibC.ChangeLinkOwner(directory, SpareName, owner.UserId, owner.GroupId);
                return error.IsError ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
            case StoreEntryType.Directory:
                error = LibC.MakeDirectory(directory, SpareName, NewDirectoryMode);
                return error.IsError ? HostResult.Failed(place.FullPath, error) : Finish(directory, place, like, OpenFlags.ReadOnly | OpenFlags.Directory, content: default, NewDirectoryMode);
            case StoreEntryType.RegularFile:
                return Finish(
                    directory, place, from.Type == StoreEntryType.RegularFile ? place : like, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, to.Content, NewFileMode);
            default:
                return new HostResult($"{place}: {to} cannot be made");
        }
    }

    /// <summary>Gives what is being made its content, owner, mode and attributes.</summary>
    private HostResult Finish(SafeFileHandle directory, StorePlace place, StorePlace? like, int flags, ByteString content, uint mode)
    {
        // Without any permission bit nobody else can open it before owner and mode are right.
        bool isOpen = LibC.TryOpenAt(directory, SpareName, flags | OpenFlags.NoFollow, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle made = opened;
        if (!isOpen)
            return HostResult.Failed(place.FullPath, error);
        error = LibC.WriteAll(made, content.Span);
        if (error.IsError)
            return HostResult.Failed(place.FullPath, error);
        if (like is null)
        {
            if (LibC.TryStatx(directory, StatusMask.Basic, out FileStatus owner, out error))
                error = LibC.ChangeOwner(made, owner.UserId, owner.GroupId);
            if (!error.IsError)
                error = LibC.ChangeMode(made, mode);
            if (error.IsError)
                return HostResult.Failed(place.FullPath, error);
        }
        else
        {
            using Opened model = OpenEntry(like, OpenFlags.ReadOnly | OpenFlags.NonBlock);
            if (model.Error.IsError)
                return new HostResult($"{like}: {model.Reason}");
            error = EntryAttributes.Copy(model.File, made, out string lost);
            if (error.IsError)
                return new HostResult($"{place}: {lost} cannot be given: {error}");
        }

        error = LibC.Synchronize(made);
        return error.IsError ? HostResult.Failed(place.FullPath, error) : HostResult.Done;
    }

    /// <summary>Gives what was made its name. If something else than expected had it at that moment, that gets it back.</summary>
    private HostResult PutInPlace(SafeFileHandle directory, StorePlace place, EntryState from)
    {
        ReadOnlySpan<byte> name = place.Path.FileName.Span;
        Checkpoint?.Invoke("before the rename");
        Errno error = LibC.Rename(directory, SpareName, directory, name, from == EntryState.Missing ? LibC.RenameNoReplace : LibC.RenameExchange);
        if (error.IsError)
            return HostResult.Failed(place.FullPath, error);
        if (from == EntryState.Missing)
            return HostResult.Done;
        return Discard(directory, place, from, LibC.RenameExchange);
    }

    private HostResult TakeAway(SafeFileHandle directory, StorePlace place, EntryState from)
    {
        ReadOnlySpan<byte> name = place.Path.FileName.Span;
        Checkpoint?.Invoke("before the rename");
        Errno error = LibC.Rename(directory, name, directory, SpareName, LibC.RenameNoReplace);
        if (error.IsError)
            return HostResult.Failed(place.FullPath, error);
        return Discard(directory, place, from, LibC.RenameNoReplace);
    }

    /// <summary>Removes what had the name, if it is what was expected.</summary>
    private HostResult Discard(SafeFileHandle directory, StorePlace place, EntryState from, uint flags)
    {
        if (TryRead(directory, SpareName, out EntryState old, out Errno error) && old == from)
        {
            error = RemoveSpare(directory);
            if (!error.IsError)
                return HostResult.Done;
        }

        return GiveBack(directory, place, flags, error);
    }

    /// <summary>What had the name, and is not what was expected or cannot be removed, gets it back. If that fails it is kept: the spare name is cleared away.</summary>
    private HostResult GiveBack(SafeFileHandle directory, StorePlace place, uint flags, Errno error)
    {
        Checkpoint?.Invoke("before it is put back");
        if (LibC.Rename(directory, SpareName, directory, place.Path.FileName.Span, flags) is { IsError: true } refused)
        {
            LibC.Rename(directory, SpareName, directory, KeptName, LibC.RenameNoReplace);
            return new HostResult($"{place}: what was there meanwhile cannot be put back ({refused}); it is beside it, as {new ByteString(KeptName)}");
        }

        return error.IsError ? HostResult.Failed(place.FullPath, error) : new HostResult($"{place}: something else was put there meanwhile");
    }

    private Errno RemoveSpare(SafeFileHandle directory)
    {
        Errno error = LibC.Remove(directory, SpareName, isDirectory: false);
        if (error == Errno.EISDIR)
            error = LibC.Remove(directory, SpareName, isDirectory: true);
        return error == Errno.ENOENT ? default : error;
    }

    private static bool TryRead(SafeFileHandle directory, ReadOnlySpan<byte> name, out EntryState state, out Errno error)
    {
        state = EntryState.Missing;
        if (!LibC.TryStatx(directory, name, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out error))
            return error == Errno.ENOENT;
        StoreEntryType type = FileTreeStatus.TypeOf(status.Mode);
        byte[] content = [];
        if (type == StoreEntryType.SymbolicLink && !LibC.TryReadLink(directory, name, out content, out error))
            return false;
        if (type == StoreEntryType.RegularFile)
        {
            bool isOpen = LibC.TryOpenAt(directory, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock, out SafeFileHandle opened, out error);
            using SafeFileHandle file = opened;
            if (!isOpen || !BoundedFile.TryRead(file, MostBytes, out content, out error))
                return false;
        }

        state = new EntryState { Type = type, Content = ByteString.Wrap(content) };
        return true;
    }

    private static bool TryIdentify(SafeFileHandle directory, ReadOnlySpan<byte> name, out EntryIdentity identity, out Errno error)
    {
        identity = new EntryIdentity(StoreEntryType.Missing);
        if (!LibC.TryStatx(directory, name, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out error))
            return error == Errno.ENOENT;
        identity = IdentityOf(status);
        return true;
    }

    private static EntryIdentity IdentityOf(in FileStatus status)
    {
        FileTreeStatus found = FileTreeStatus.Of(status);
        return new EntryIdentity(found.Type) { Inode = found.Inode, ModifiedAt = found.ModifiedAt };
    }

    private delegate bool EntryLook<T>(SafeFileHandle directory, ReadOnlySpan<byte> name, out T found, out Errno error);

    private Opened OpenDirectoryOf(StorePlace place)
    {
        place.Path.TryGetParent(out BytePath parent);
        return OpenEntry(place with { Path = parent }, OpenFlags.ReadOnly | OpenFlags.Directory);
    }

    private Opened OpenEntry(StorePlace place, int flags)
    {
        if (!machine.FollowEngine())
            return Opened.Fail(Errno.ESRCH, "the engine does not run any more");
        if (!TryOpenRoot(place.Root, out RootedDirectory? root, out Errno error))
            return Opened.Fail(error, error.ToString());
        using (root)
        {
            if (_held is not null && !IsHeld(place.Root, root!))
                return Opened.Fail(Errno.ESTALE, $"{place.Root} is another directory than at the start of the run");
            bool isOpen = root!.TryOpenFile(place.Path.Span, flags, LinkRule.Refuse, out SafeFileHandle file, out error);
            return new Opened(file, isOpen ? default : error, error.ToString());
        }
    }

    private bool TryOpenRoot(BytePath path, out RootedDirectory? root, out Errno error)
    {
        root = null;
        if (!RootedDirectory.TryOpen(machine.View.Root.Span, out RootedDirectory? host, out error))
            return false;
        using (host)
        {
            return host!.TryOpenDirectory(path.Span, LinkRule.FollowInside, out root, out error);
        }
    }
}
