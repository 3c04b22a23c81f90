using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Files;

internal sealed partial class LiveFileTree
{
    /// <summary>What the kernel's errors mean here; all others are of input and output.</summary>
    private static readonly Dictionary<Errno, StoreProblemReason> s_reasons = new()
    {
        [Errno.ENOENT] = StoreProblemReason.NotFound,
        [Errno.EACCES] = StoreProblemReason.AccessDenied,
        [Errno.EPERM] = StoreProblemReason.AccessDenied,
        [Errno.ELOOP] = StoreProblemReason.SymbolicLink,
        [Errno.ENOTDIR] = StoreProblemReason.WrongType,
        [Errno.EISDIR] = StoreProblemReason.WrongType,
    };

    public bool TryList(BytePath directory, int maxEntries, out IReadOnlyList<FileTreeEntry> entries, [NotNullWhen(false)] out StoreProblem? problem)
    {
        entries = [];
        if (!TryOpenEntry(directory, OpenFlags.ReadOnly | OpenFlags.Directory, StoreOperation.List, out SafeFileHandle? handle, out problem))
            return false;

        using (handle)
        {
            List<FileTreeEntry> found = [];
            problem = ReadEntries(handle, directory, maxEntries, found);
            found.Sort(static (left, right) => left.Name.CompareTo(right.Name));
            entries = found;
            return problem is null;
        }
    }

    public bool TryGetStatus(BytePath path, out FileTreeStatus status, [NotNullWhen(false)] out StoreProblem? problem)
    {
        status = default;
        if (!TryGetFileStatus(path, StoreOperation.Status, out FileStatus file, out problem))
            return false;

        status = FileTreeStatus.Of(file);
        return true;
    }

    public bool TryGetExtendedAttribute(BytePath path, ByteString name, out ByteString? value, [NotNullWhen(false)] out StoreProblem? problem)
    {
        value = null;
        if (!TryGetFileStatus(path, StoreOperation.Status, out FileStatus status, out problem))
            return false;
        if (!status.IsDirectory && !status.IsRegular)
            return true;
        if (!TryOpenEntry(path, OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoFollow, StoreOperation.Status, out SafeFileHandle? file, out problem))
            return false;

        using (file)
        {
            bool got = LibC.TryGetExtendedAttribute(file, name.Span, out byte[] bytes, out Errno error);
            value = got ? ByteString.Wrap(bytes) : null;

            // Neither "no such attribute" nor "no attributes here" is a problem.
            problem = got || error == Errno.ENODATA || error == Errno.EOPNOTSUPP ? null : Problem(path, StoreOperation.Status, error);
            return problem is null;
        }
    }

    private StoreProblem? ReadEntries(SafeFileHandle handle, BytePath directory, int maxEntries, List<FileTreeEntry> found)
    {
        // A store has a directory or two for each layer, most with a few names.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ListBufferLength);
        try
        {
            while (true)
            {
                if (!LibC.TryReadDirectory(handle, buffer, out int length, out Errno error))
                    return Problem(directory, StoreOperation.List, error);
                if (length == 0)
                    return null;

                var records = new DirectoryRecords(buffer.AsSpan(0, length));
                while (records.MoveNext())
                {
                    if (found.Count == maxEntries)
                        return Problem(directory, StoreOperation.List, StoreProblemReason.TooMany, $"more than {maxEntries} entries");
                    var name = new ByteString(records.Name);
                    StoreEntryType type = records.Type == 0 ? LookAt(directory, name) : FileTreeStatus.TypeOf((ushort)(records.Type << 12));
                    found.Add(new FileTreeEntry(name, type));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The type where the file system leaves it out of the directory.</summary>
    private StoreEntryType LookAt(BytePath directory, ByteString name) =>
        TryGetFileStatus(directory.Combine(new BytePath(name)), StoreOperation.Status, out FileStatus status, out _) ? FileTreeStatus.TypeOf(status.Mode) : StoreEntryType.Unknown;

    /// <summary>Opens what is there itself: a link on the way to it is not followed.</summary>
    private bool TryOpenEntry(BytePath path, int flags, StoreOperation operation, [NotNullWhen(true)] out SafeFileHandle? file, [NotNullWhen(false)] out StoreProblem? problem)
    {
        bool isOpen = _root.TryOpenFile(path.Span, flags, LinkRule.Refuse, out SafeFileHandle opened, out Errno error);
        if (!isOpen)
            opened.Dispose();
        file = isOpen ? opened : null;
        problem = isOpen ? null : Problem(path, operation, error);
        return isOpen;
    }

    private bool TryGetFileStatus(BytePath path, StoreOperation operation, out FileStatus status, [NotNullWhen(false)] out StoreProblem? problem)
    {
        status = default;
        bool known = _root.TryOpenFile(path.Span, OpenFlags.Path | OpenFlags.NoFollow, LinkRule.Refuse, out SafeFileHandle file, out Errno error);
        using (file)
            known = known && LibC.TryStatx(file, StatusMask.Basic | StatusMask.MountId, out status, out error);
        problem = known ? null : Problem(path, operation, error);
        return known;
    }

    private StoreProblem Problem(BytePath path, StoreOperation operation, StoreProblemReason reason, string detail) =>
        new(_path.Combine(path), operation, reason, detail);

    private StoreProblem Problem(BytePath path, StoreOperation operation, Errno error) => ProblemOf(_path.Combine(path), operation, error);

    private static StoreProblem ProblemOf(BytePath path, StoreOperation operation, Errno error) =>
        new(path, operation, s_reasons.GetValueOrDefault(error, StoreProblemReason.InputOutput), error.ToString());
}
