using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>Opens a directory, reads it to the end and closes it.</summary>
    /// <param name="path">A directory.</param>
    /// <returns>The entries without <c>.</c> and <c>..</c>, in no particular order.</returns>
    public OperationResult<IReadOnlyList<DirectoryEntry>> ReadDirectory(BytePath path)
    {
        IReadOnlyList<DirectoryEntry> entries = [];
        LinuxError error = DoOpen(path, OpenFlags.Directory, 0, out OpenFile? file);
        if (error == LinuxError.OK)
        {
            error = _mount.ReadDirectory(file!, rewind: false, out List<DirectoryEntry> read);
            entries = read;
            Release(file!);
        }

        return Finish(error, entries);
    }

    /// <summary>getdents64(2) until the end.</summary>
    /// <param name="descriptor">An open directory.</param>
    /// <param name="rewind">Whether to go back to the start first, which also makes a new list.</param>
    /// <returns>The entries from the present position on.</returns>
    public OperationResult<IReadOnlyList<DirectoryEntry>> ReadDirectory(int descriptor, bool rewind)
    {
        IReadOnlyList<DirectoryEntry> entries = [];
        LinuxError error = FindFile(descriptor, acceptsPathOnly: false, out OpenFile file);
        if (error == LinuxError.OK && rewind && file.Dentry.Inode!.Type == FileType.Fifo)
            error = LinuxError.ESPIPE;
        if (error == LinuxError.OK && !file.Dentry.IsDirectory)
            error = LinuxError.ENOTDIR;
        if (error == LinuxError.OK)
        {
            error = _mount.ReadDirectory(file, rewind, out List<DirectoryEntry> read);
            entries = read;
        }

        return Finish(error, entries);
    }
}
