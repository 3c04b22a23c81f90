using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Puts layers on a simulated file system and reads them back.</summary>
internal static class LayerBuilder
{
    private const int MaximumPiece = 1 << 30;

    private static readonly byte[] s_zeros = new byte[1 << 20];

    /// <summary>Makes the objects of a layer, as a superuser would with system calls; times are set last.</summary>
    /// <exception cref="LayerException">An object cannot be made: no parent, a name twice, an attribute refused, no room.</exception>
    public static BackingInode Build(BackingFileSystem fileSystem, LayerTree tree)
    {
        BackingInode root = fileSystem.NewRoot();
        List<(BackingInode Inode, LayerEntry Entry)> made = [];
        foreach (LayerEntry entry in tree.Entries)
        {
            BackingInode inode = root;
            if (!entry.Path.IsEmpty)
            {
                CheckName(entry.Path);
                BackingInode parent = entry.Path.TryGetParent(out BytePath above) ? Find(root, above) : root;
                if (parent.Children is null || parent.Children.ContainsKey(entry.Path.FileName))
                    throw new LayerException("Nothing can be made at " + entry.Path + ".");
                if (entry.HardLinkTo is { } first)
                {
                    BackingInode linked = Find(root, first);
                    if (linked.IsDirectory)
                        throw new LayerException("A directory has one name only: " + entry.Path + ".");
                    fileSystem.Link(linked, parent, entry.Path.FileName);
                    continue;
                }

                if (entry.Type == FileType.SymbolicLink && !fileSystem.HoldsLinkTarget(entry.LinkTarget.Bytes))
                    throw new LayerException("No symbolic link can say that: " + entry.Path + ".");

                inode = fileSystem.Create(parent, entry.Path.FileName, new NewObject { Type = entry.Type, Device = entry.Device, LinkTarget = entry.LinkTarget.Bytes });
            }

            FillIn(fileSystem, inode, entry);
            made.Add((inode, entry));
        }

        foreach ((BackingInode inode, LayerEntry entry) in made)
            fileSystem.SetTimes(inode, entry.AccessTime, entry.ModificationTime);
        return root;
    }

    /// <summary>Whether a path could have been made with system calls: path_resolution(7).</summary>
    private static void CheckName(BytePath path)
    {
        ReadOnlySpan<byte> name = path.FileName.Span;
        if (path.Length > TreeWalk.MaximumPath || path.IsAbsolute || path.Span[^1] == (byte)'/' || name.Length > BackingFileSystem.MaximumName
            || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || name.Contains((byte)0))
        {
            throw new LayerException("Nothing can have this name: " + path + ".");
        }
    }

    /// <summary>The objects below a directory as they are now.</summary>
    /// <exception cref="LayerException">A path is longer than a system call takes.</exception>
    public static LayerTree Read(BackingInode root)
    {
        Dictionary<BackingInode, BytePath> names = [];
        List<LayerEntry> entries = [];
        foreach ((ByteString path, BackingInode inode) in TreeWalk.Of(root))
        {
            var place = new BytePath(path);
            if (!inode.IsDirectory && !names.TryAdd(inode, place))
                entries.Add(new LayerEntry { Path = place, Type = inode.Type, HardLinkTo = names[inode] });
            else
                entries.Add(Describe(place, inode));
        }

        // A first name may sort behind the directory of another one.
        return LayerTree.Of(entries.OrderBy(static entry => entry.HardLinkTo is null ? 0 : 1));
    }

    /// <summary>The object at a path.</summary>
    /// <exception cref="LayerException">There is none.</exception>
    public static BackingInode Find(BackingInode root, BytePath path)
    {
        BackingInode at = root;
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (at.Children is null || !at.Children.TryGetValue(new ByteString(component), out BackingInode? next))
                throw new LayerException("There is nothing at " + path + ".");
            at = next;
        }

        return at;
    }

    private static void FillIn(BackingFileSystem fileSystem, BackingInode inode, LayerEntry entry)
    {
        if (inode.IsRegular)
        {
            foreach (LayerData piece in entry.Content)
            {
                if (piece.Offset < 0)
                    throw new LayerException("Data at a negative offset: " + entry.Path + ".");
                fileSystem.Write(inode, piece.Offset, piece.Bytes.Span, out int written);
                if (written < piece.Bytes.Length)
                    throw new LayerException("There is no room for " + entry.Path + ".");
            }

            if (entry.Size < 0 || (inode.Size != entry.Size && fileSystem.SetSize(inode, entry.Size, always: false) != LinuxError.OK))
                throw new LayerException("A size of " + entry.Size + " bytes is impossible: " + entry.Path + ".");
        }

        fileSystem.SetOwner(inode, entry.Uid, entry.Gid);
        if (inode.Type != FileType.SymbolicLink)
            fileSystem.SetMode(inode, entry.Mode);
        foreach ((ByteString name, ImmutableArray<byte> value) in entry.ExtendedAttributes)
        {
            LinuxError error = PosixAcl.IsAclName(name)
                ? PosixAcl.IsValid(value.AsSpan()) ? fileSystem.SetAcl(inode, name, value.AsSpan()) : LinuxError.EINVAL
                : fileSystem.SetExtendedAttribute(inode, name, value.AsSpan());
            if (error != LinuxError.OK)
                throw new LayerException("The attribute " + name + " of " + entry.Path + " is refused: " + error + ".");
        }
    }

    private static LayerEntry Describe(BytePath path, BackingInode inode) => new()
    {
        Path = path,
        Type = inode.Type,
        Mode = inode.Mode,
        Uid = inode.Uid,
        Gid = inode.Gid,
        AccessTime = inode.AccessTime,
        ModificationTime = inode.ModificationTime,
        Size = inode.IsRegular ? inode.Size : 0,
        Content = inode.IsRegular
            ? [.. inode.FileSystem.DataRanges(inode).SelectMany(range => ReadData(inode, range.Start, range.End))]
            : [],
        LinkTarget = new BytePath(inode.LinkTarget),
        Device = inode.Device,
        ExtendedAttributes = ImmutableSortedDictionary.CreateRange(
            inode.ExtendedAttributes.Items.Select(static item => KeyValuePair.Create(item.Key, ImmutableCollectionsMarshal.AsImmutableArray((byte[])item.Value.Clone())))),
    };

    /// <summary>The data of a range. Zeros are pieces of one buffer: there may be more of them than fits into memory.</summary>
    private static IEnumerable<LayerData> ReadData(BackingInode inode, long start, long end)
    {
        const int PageSize = FileContent.PageSize;
        while (start < end)
        {
            long first = start / PageSize;
            bool isZero = inode.Content.IsZero(first, ((end - 1) / PageSize) + 1, out long until);
            long length = Math.Min(Math.Min(end - start, ((until - first) * PageSize) - (start % PageSize)), isZero ? s_zeros.Length : MaximumPiece);
            yield return new LayerData(start, isZero ? s_zeros.AsMemory(0, (int)length) : BackingFileSystem.Read(inode, start, length));
            start += length;
        }
    }
}
