using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Snapshots;

/// <summary>The one door through which a file that a caller names is written, such as a snapshot, a plan or a report: whole or not at all.</summary>
/// <remarks>
/// <para>What is written goes to a new file beside its place, with a random name and mode 0600; <see cref="Commit"/> writes it to disk and gives it the name.
/// What has the name before has to be a regular file of the caller's: a link, a pipe, a device or somebody else's file is refused, and is neither
/// followed, opened nor replaced. So another user who can write in the directory gets nothing moved and nothing shown. The directory itself is found by an ordinary walk.</para>
/// <para>For one thread. After a crash a file <c>.overlay2-*.new</c> may be left over; it can be removed.</para>
/// </remarks>
public sealed class OutputFile : IDisposable
{
    private const uint Mode = 0x180; // 0600

    private readonly BytePath _path;
    private readonly ByteString _temporary = ByteString.FromText($".overlay2-{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new");
    private readonly SafeFileHandle _directory;
    private readonly SafeFileHandle _file;
    private bool _isInPlace;

    private OutputFile(BytePath path)
    {
        _path = path;
        path.TryGetParent(out BytePath parent);
        _file = new SafeFileHandle(-1, ownsHandle: true);
        bool isOpen = LibC.TryOpen(parent.IsEmpty ? "."u8 : parent.Span, OpenFlags.Path | OpenFlags.Directory, out _directory, out Errno error);
        try
        {
            if (!isOpen)
                throw new OutputFileException(path, error.ToString());
            CheckTarget();
            if (!LibC.TryOpenAt(_directory, _temporary.Span, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, Mode, out _file, out error))
                throw new OutputFileException(path, error.ToString());
        }
        catch
        {
            _directory.Dispose();
            throw;
        }

        Content = new FileStream(_file, FileAccess.Write, bufferSize: 0);
    }

    /// <summary>Takes what the file is to hold, unbuffered; disposed with it, and not before.</summary>
    public Stream Content { get; }

    /// <summary>Begins a file.</summary>
    /// <param name="path">Where; relative to the working directory if it is relative.</param>
    /// <exception cref="OutputFileException">There cannot be such a file, or something is there that is no regular file of the caller's.</exception>
    public static OutputFile Create(BytePath path)
    {
        ReadOnlySpan<byte> name = path.FileName.Span;
        if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || path.Span.EndsWith("/"u8))
            throw new OutputFileException(path, "the path names no file");
        return new OutputFile(path);
    }

    /// <summary>Writes everything to disk and gives it its name, in the place of what has that.</summary>
    /// <exception cref="OutputFileException">It cannot be written, or something is there by now that is no regular file of the caller's.</exception>
    public void Commit()
    {
        Check(LibC.Synchronize(_file));
        CheckTarget();
        Check(LibC.Rename(_directory, _temporary.Span, _path.FileName.Span));
        _isInPlace = true;

        // If the name is not on disk yet, a crash brings back what had it. Who may write in a directory may not always read it.
        if (LibC.TryOpenAt(_directory, "."u8, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle directory, out _))
            LibC.Synchronize(directory);
        directory.Dispose();
    }

    /// <summary>Ends it; without <see cref="Commit"/> nothing is left of it.</summary>
    public void Dispose()
    {
        if (!_isInPlace)
            LibC.Remove(_directory, _temporary.Span, isDirectory: false);
        _directory.Dispose();
        Content.Dispose();
    }

    /// <summary>Refuses to take the place of what may be somebody else's.</summary>
    private void CheckTarget()
    {
        if (!LibC.TryStatx(_directory, _path.FileName.Span, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out Errno error))
        {
            if (error != Errno.ENOENT)
                throw new OutputFileException(_path, error.ToString());
        }
        else if (!status.IsRegular)
        {
            string what = (status.Mode & FileStatus.TypeMask) == FileStatus.SymbolicLinkType ? "a symbolic link; name the file that it leads to" : "no regular file";
            throw new OutputFileException(_path, $"this is {what}");
        }
        else if (status.UserId != LibC.GetUserId())
        {
            throw new OutputFileException(_path, "the file that is there belongs to somebody else");
        }
    }

    private void Check(Errno error)
    {
        if (error.IsError)
            throw new OutputFileException(_path, error.ToString());
    }
}
