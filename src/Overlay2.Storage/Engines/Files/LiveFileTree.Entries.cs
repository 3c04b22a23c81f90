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
        List<FileTreeEntry> found = [];
        problem = ReadEntries(directory, maxEntries, found);
        found.Sort(static (left, right) => left.Name.CompareTo(right.Name));
        entries = found;
        return problem is null;
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

        bool isOpen = _root.TryOpenToRead(path.Span, 0, LinkRule.Refuse, out SafeFileHandle file, out Errno error);
        using (file)
        {
            if (isOpen && LibC.TryGetExtendedAttribute(file, name.Span, out byte[] bytes, out error))
                value = ByteString.Wrap(bytes);

            // Neither "no such attribute" nor "no attributes here" is a problem.
            problem = !error.IsError || error == Errno.ENODATA || error == Errno.EOPNOTSUPP ? null : Problem(path, StoreOperation.Status, error);
            return problem is null;
        }
    }

    private StoreProblem? ReadEntries(BytePath directory, int maxEntries, List<FileTreeEntry> found)
    {
        using DirectoryReader reader = DirectoryReader.Open(_root, directory.Span, LinkRule.Refuse);
        while (reader.Read())
        {
            if (found.Count == maxEntries)
                return Problem(directory, StoreOperation.List, StoreProblemReason.TooMany, $"more than {maxEntries} entries");
            var name = new ByteString(reader.Name);
            StoreEntryType type = reader.Type == 0 ? LookAt(directory, name) : FileTreeStatus.TypeOf((ushort)(reader.Type << 12));
            found.Add(new FileTreeEntry(name, type));
        }

        return reader.Error.IsError ? Problem(directory, StoreOperation.List, reader.Error) : null;
    }

    /// <summary>The type where the file system leaves it out of the directory.</summary>
    private StoreEntryType LookAt(BytePath directory, ByteString name) =>
        TryGetFileStatus(directory.Combine(new BytePath(name)), StoreOperation.Status, out FileStatus status, out _) ? FileTreeStatus.TypeOf(status.Mode) : StoreEntryType.Unknown;

    private bool TryGetFileStatus(BytePath path, StoreOperation operation, out FileStatus status, [NotNullWhen(false)] out StoreProblem? problem)
    {
        problem = _root.TryGetStatus(path.Span, LinkRule.Refuse, out status, out Errno error) ? null : Problem(path, operation, error);
        return problem is null;
    }

    private StoreProblem Problem(BytePath path, StoreOperation operation, StoreProblemReason reason, string detail) =>
        new(_path.Combine(path), operation, reason, detail);

    private StoreProblem Problem(BytePath path, StoreOperation operation, Errno error) => ProblemOf(_path.Combine(path), operation, error);

    private static StoreProblem ProblemOf(BytePath path, StoreOperation operation, Errno error) =>
        new(path, operation, s_reasons.GetValueOrDefault(error, StoreProblemReason.InputOutput), error.ToString());
}
