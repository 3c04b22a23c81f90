using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Configuration;

/// <summary>Replaces one configuration file.</summary>
internal sealed class ConfigurationFileWriter(RootedDirectory root, ConfigurationEdit edit) : IDisposable
{
    private const int MostBytes = 1 << 24;
    private const int MostLinks = 40;
    private const int MostBackups = 1000;
    private const uint NewFileMode = 0x1A4; // 0644
    private const uint NewDirectoryMode = 0x1ED; // 0755

    private readonly RootedDirectory _root = root;
    private readonly ConfigurationEdit _edit = edit;
    private BytePath _path = edit.Path;
    private SafeFileHandle _directory = new(-1, ownsHandle: true);
    private SafeFileHandle _old = new(-1, ownsHandle: true);

    public ConfigurationReplacement Replace()
    {
        bool exists = Open();
        BytePath backup = exists ? Keep() : default;
        ByteString temporary = TemporaryName();
        Write(temporary, _edit.Content.Span, exists);
        Errno error = LibC.Rename(_directory, temporary.Span, _path.FileName.Span);
        if (error.IsError)
        {
            LibC.Remove(_directory, temporary.Span, isDirectory: false);
            throw Fail(ConfigurationFileFailure.Unwritable, $"the new file cannot take its place: {error}");
        }

        // The new file is in place; if its name is not on disk yet, a crash brings back the old one, which is as whole.
        LibC.Synchronize(_directory);
        return new ConfigurationReplacement(_path, backup);
    }

    public void Remove()
    {
        Errno error = Open() ? LibC.Remove(_directory, _path.FileName.Span, isDirectory: false) : Errno.ENOENT;
        if (error.IsError)
            throw Fail(ConfigurationFileFailure.Unwritable, $"it cannot be removed: {error}");
        LibC.Synchronize(_directory);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _old.Dispose();
    }

    /// <summary>Opens the directory and the file that the path leads to, and compares the file with what the edit starts from.</summary>
    private bool Open()
    {
        for (int links = 0; ; links++)
        {
            OpenDirectory();
            if (!LibC.TryReadLink(_directory, _path.FileName.Span, out byte[] target, out _))
                break;
            if (links == MostLinks)
                throw Fail(ConfigurationFileFailure.Unreadable, "too many symbolic links");
            _path.TryGetParent(out BytePath parent);
            _path = parent.Combine(new BytePath(target));
        }

        bool exists = LibC.TryOpenAt(_directory, _path.FileName.Span, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock, out SafeFileHandle file, out Errno error);
        _old.Dispose();
        _old = file;
        if (!exists)
        {
            if (error != Errno.ENOENT)
                throw Fail(ConfigurationFileFailure.Unreadable, error.ToString());
            if (_edit.Original is not null)
                throw Fail(ConfigurationFileFailure.Changed, "the file is gone");
            return false;
        }

        if (!LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out error))
            throw Fail(ConfigurationFileFailure.Unreadable, error.ToString());
        if (!status.IsRegular)
            throw Fail(ConfigurationFileFailure.NoFile, "it is no regular file");
        if (status.LinkCount > 1)
            throw Fail(ConfigurationFileFailure.HardLinked, "the file has a second name (hard link)");
        if (!BoundedFile.TryRead(file, MostBytes, out byte[] content, out error))
            throw Fail(ConfigurationFileFailure.Unreadable, error.ToString());
        if (_edit.Original is not { } original || !original.Span.SequenceEqual(content))
            throw Fail(ConfigurationFileFailure.Changed, "the file was changed by someone else");
        return true;
    }

    private void OpenDirectory()
    {
        if (_path.FileName.IsEmpty || _path.FileName.Span.SequenceEqual("."u8) || _path.FileName.Span.SequenceEqual(".."u8) || !_path.TryGetParent(out BytePath parent))
            throw Fail(ConfigurationFileFailure.NoFile, "the path names no file");
        const int Flags = OpenFlags.ReadOnly;
        bool isOpen = _root.TryOpenFile(parent.Span, Flags | OpenFlags.Directory, LinkRule.FollowInside, out SafeFileHandle directory, out Errno error);
        if (!isOpen && error == Errno.ENOENT && _edit.Original is null && MakeDirectory(parent))
        {
            directory.Dispose();
            isOpen = _root.TryOpenFile(parent.Span, Flags | OpenFlags.Directory, LinkRule.FollowInside, out directory, out error);
        }

        _directory.Dispose();
        _directory = directory;
        if (!isOpen)
            throw Fail(ConfigurationFileFailure.Unreadable, error.ToString());
    }

    /// <summary>Makes the last directory of the path, such as /etc/docker, if only that is missing.</summary>
    private bool MakeDirectory(BytePath path)
    {
        if (!path.TryGetParent(out BytePath above))
            return false;
        bool isOpen = _root.TryOpenFile(above.Span, OpenFlags.ReadOnly | OpenFlags.Directory, LinkRule.FollowInside, out SafeFileHandle opened, out _);
        using SafeFileHandle directory = opened;
        return isOpen && !LibC.MakeDirectory(directory, path.FileName.Span, NewDirectoryMode).IsError && !LibC.Synchronize(directory).IsError;
    }

    /// <summary>The old file beside the new one: whole under its name or not there, and kept once, however often a change that was cut off is begun again.</summary>
    private BytePath Keep()
    {
        _path.TryGetParent(out BytePath parent);
        ByteString temporary = default;
        for (int number = 0; number < MostBackups; number++)
        {
            ByteString name = ByteString.FromText($".bak{(number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture))}");
            name = new ByteString([.. _path.FileName.Span, .. name.Span]);
            if (HoldsOriginal(name, out bool exists))
                return parent.Combine(new BytePath(name));
            if (exists)
                continue;
            if (temporary.IsEmpty)
                Write(temporary = TemporaryName(), _edit.Original!.Value.Span, copyAttributes: true);
            Errno error = LibC.Rename(_directory, temporary.Span, _directory, name.Span, LibC.RenameNoReplace);
            if (!error.IsError)
                return parent.Combine(new BytePath(name));
            if (error == Errno.EEXIST)
                continue;
            LibC.Remove(_directory, temporary.Span, isDirectory: false);
            throw Fail(ConfigurationFileFailure.Unwritable, $"the old file cannot be kept as {name}: {error}");
        }

        if (!temporary.IsEmpty)
            LibC.Remove(_directory, temporary.Span, isDirectory: false);
        throw Fail(ConfigurationFileFailure.Unwritable, "there are too many backups");
    }

    private bool HoldsOriginal(ByteString name, out bool exists)
    {
        bool isOpen = LibC.TryOpenAt(_directory, name.Span, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle file = opened;
        exists = isOpen || error != Errno.ENOENT;
        return isOpen && LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out _) && status.IsRegular
            && BoundedFile.TryRead(file, MostBytes, out byte[] content, out _) && _edit.Original!.Value.Span.SequenceEqual(content);
    }

    private static ByteString TemporaryName() => ByteString.FromText($".overlay2-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new");

    /// <summary>Writes a new file whole, to disk.</summary>
    private void Write(ByteString name, ReadOnlySpan<byte> content, bool copyAttributes)
    {
        // Without any permission bit nobody else can open it before owner and mode are right.
        bool isOpen = LibC.TryOpenAt(_directory, name.Span, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle file = opened;
        Check(isOpen ? default : error);
        try
        {
            Check(LibC.WriteAll(file, content));
            if (copyAttributes)
                CopyAttributes(file);
            else
                Check(LibC.ChangeMode(file, NewFileMode));
            Check(LibC.Synchronize(file));
        }
        catch
        {
            LibC.Remove(_directory, name.Span, isDirectory: false);
            throw;
        }
    }

    private void CopyAttributes(SafeFileHandle file)
    {
        Errno error = EntryAttributes.Copy(_old, file, out string lost);
        if (error.IsError)
            throw Fail(ConfigurationFileFailure.AttributesLost, $"{lost} cannot be carried over: {error}");
    }

    /// <summary>Nothing is replaced by a file that is not whole.</summary>
    private void Check(Errno error)
    {
        if (error.IsError)
            throw Fail(ConfigurationFileFailure.Unwritable, error.ToString());
    }

    private ConfigurationFileException Fail(ConfigurationFileFailure failure, string reason) => new(failure, _path, reason);
}
