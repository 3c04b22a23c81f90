using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Mounts;

/// <summary>The text form of the mount table: a mountinfo file of /proc, or a copy of one.</summary>
internal sealed class MountInfoFile : MountTableSource
{
    private const int FirstBufferLength = 1 << 16;

    private readonly BytePath _path;
    private readonly bool _isOfProcess;

    public MountInfoFile(BytePath path, bool isOfProcess)
    {
        _path = path;
        _isOfProcess = isOfProcess;
    }

    public override string ToString() => _path.ToString();

    internal override MountInfoFile Text => this;

    /// <summary>The file of the mount namespace beside a mountinfo file of /proc; empty for any other path.</summary>
    internal BytePath NamespacePath =>
        _path.FileName.Span.SequenceEqual("mountinfo"u8) && _path.TryGetParent(out BytePath process)
            ? process.Combine(BytePath.FromText("ns/mnt"))
            : default;

    internal override MountTable Load(MountTableLoadOptions options, CancellationToken cancellationToken) =>
        MountTable.Parse(ReadText(options, cancellationToken), options.Lenient);

    internal byte[] ReadText(MountTableLoadOptions options, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = Open();
        CheckStatus(file, options);
        if (!options.Strict)
            return ReadToEnd(file, options, cancellationToken);

        return ReadUnchanged(file, options, read =>
        {
            if (read > 0 && !LibC.TryRewind(file, out Errno error))
                throw Failed(error);
            return ReadToEnd(file, options, cancellationToken);
        })!;
    }

    /// <summary>Reads the table until no mount changes meanwhile.</summary>
    /// <param name="file">The open file, which tells of changes.</param>
    /// <param name="options">How often at most.</param>
    /// <param name="read">Reads, for the first time (0) or again; <see langword="null"/> ends it.</param>
    internal T? ReadUnchanged<T>(SafeFileHandle file, MountTableLoadOptions options, Func<int, T?> read)
        where T : class
    {
        // An open file starts with the changes before its opening unreported or not, by kernel: the first poll takes them.
        for (int i = 0; i < options.MaxReads; i++)
        {
            PollChange(file);
            T? result = read(i);
            if (result is null || !PollChange(file))
                return result;
        }

        throw KeepsChanging(options);
    }

    /// <summary>Opens the file; it keeps showing the mount namespace and root directory that it was opened in.</summary>
    internal SafeFileHandle Open()
    {
        if (!OperatingSystem.IsLinux())
            throw new MountTableException(MountTableFailure.NotLinux, _path, "mount tables are read on Linux only");
        return LibC.TryOpen(_path.Span, OpenFlags.ReadOnly, out SafeFileHandle file, out Errno error) ? file : throw Failed(error);
    }

    /// <summary>Whether mounts were made, removed or changed since the last time this was asked of an open file.</summary>
    internal bool PollChange(SafeFileHandle file)
    {
        if (!LibC.TryPoll(file, PollEvents.Priority, timeoutMilliseconds: 0, out PollEvents happened, out Errno error))
            throw Failed(error);
        return (happened & PollEvents.Priority) != PollEvents.None;
    }

    private void CheckStatus(SafeFileHandle file, MountTableLoadOptions options)
    {
        if (!LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out Errno error))
            throw Failed(error);
        if (status.IsDirectory)
            throw Failed(Errno.EISDIR);
        if (status.IsRegular && status.Size > (ulong)options.MaxBytes)
            throw TooLarge(options);
    }

    internal byte[] ReadToEnd(SafeFileHandle file, MountTableLoadOptions options, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Math.Min(FirstBufferLength, options.MaxBytes)];
        int length = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!LibC.TryRead(file, buffer.AsSpan(length), out int count, out Errno error))
                throw Failed(error);
            if (count == 0)
                break;

            length += count;
            if (length < buffer.Length)
                continue;

            // One byte more than is allowed shows whether the text ends there.
            if (length > options.MaxBytes)
                throw TooLarge(options);
            Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, options.MaxBytes + 1L));
        }

        Array.Resize(ref buffer, length);
        return buffer;
    }

    private MountTableException KeepsChanging(MountTableLoadOptions options) =>
        new(MountTableFailure.KeepsChanging, _path, $"mounts changed during each of {options.MaxReads} reads");

    internal MountTableException TooLarge(MountTableLoadOptions options) =>
        new(MountTableFailure.TooLarge, _path, $"the text is longer than the allowed {options.MaxBytes} bytes");

    internal MountTableException TooMany(long maxTotalBytes) =>
        new(MountTableFailure.TooLarge, _path, $"does not fit in what is left of the {maxTotalBytes} bytes that the mount tables of all namespaces may have together");

    internal MountTableException Failed(Errno error)
    {
        if (error == Errno.EACCES || error == Errno.EPERM)
            return new(MountTableFailure.AccessDenied, _path, "permission denied");
        if (error == Errno.EISDIR)
            return new(MountTableFailure.IsDirectory, _path, "is a directory, not a mountinfo file");

        // The kernel says EINVAL where a process has ended but was not yet waited for.
        bool isMissing = error == Errno.ENOENT || error == Errno.ENOTDIR;
        if (_isOfProcess && (isMissing || error == Errno.ESRCH || error == Errno.EINVAL))
            return new(MountTableFailure.ProcessGone, _path, "there is no such process (or no /proc)");
        return isMissing
            ? new(MountTableFailure.NotFound, _path, "no such file")
            : new(MountTableFailure.ReadFailed, _path, $"can not be read ({error})");
    }
}
