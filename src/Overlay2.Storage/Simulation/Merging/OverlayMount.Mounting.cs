using System.Security.Cryptography;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    private static readonly ByteString WorkName = ByteString.FromText("work");
    private static readonly ByteString IndexDirectoryName = ByteString.FromText("index");
    private static readonly ByteString IncompatName = ByteString.FromText("incompat");
    private static readonly ByteString VolatileName = ByteString.FromText("volatile");
    private static readonly ByteString DirtyName = ByteString.FromText("dirty");

    /// <summary>Mounts layers, with all that a mount does to upper and work.</summary>
    /// <param name="layers">The directories.</param>
    /// <param name="features">The switches in force.</param>
    /// <param name="rules">The kernel's ways.</param>
    /// <param name="clock">The time; a mount makes a UUID of it, not of chance.</param>
    /// <param name="journal">The undo log.</param>
    /// <param name="mount">The mount, on success.</param>
    public static LinuxError TryMount(MountLayers layers, MountFeatures features, KernelRules rules, SimulationClock clock, Journal journal, out OverlayMount? mount)
    {
        List<BackingFileSystem?> table = [layers.Upper?.FileSystem];
        int FileSystemId(BackingInode root)
        {
            int id = table.IndexOf(root.FileSystem);
            if (id >= 0)
                return id;
            table.Add(root.FileSystem);
            return table.Count - 1;
        }

        int index = 0;
        OverlayLayer? upper = layers.Upper is null ? null : new OverlayLayer(index, layers.Upper, 0, journal);
        OverlayLayer[] lowers = [.. layers.Lowers.Select(root => new OverlayLayer(++index, root, FileSystemId(root), journal))];
        OverlayLayer[] data = [.. layers.Data.Select(root => new OverlayLayer(++index, root, FileSystemId(root), journal))];
        mount = new OverlayMount(journal, features, rules, upper, lowers, data, [.. table!]);
        LinuxError error = LinuxError.OK;
        if (upper is not null)
            error = layers.AreMounted ? mount.TakeOver(layers.Work!) : mount.PrepareUpper(layers.Work!, clock);
        if (error != LinuxError.OK)
        {
            mount = null;
            return error;
        }

        mount.MakeRoot();
        return LinuxError.OK;
    }

    /// <summary>Ends the mount: nothing keeps upper objects any more.</summary>
    public void Unmount()
    {
        foreach (OverlayInode inode in _inodes.Values.ToArray())
        {
            if (inode.Upper is { } upper)
                BackingFileSystem.Unpin(upper);
        }

        _inodes.Clear();
        if (Root.Upper is { } root)
            BackingFileSystem.Unpin(root);
    }

    private void MakeRoot()
    {
        LowerPath[] stack = [.. Lowers.Select(static layer => new LowerPath(layer.Root, layer))];
        foreach (OverlayLayer layer in Lowers)
        {
            if (OpaqueValue(layer.Root) == 'x' && Rules.HasAttributeWhiteouts)
                layer.HasAttributeWhiteouts = true;
        }

        var inode = new OverlayInode(_journal, FileType.Directory) { LowerStack = stack, LinkCount = 1, References = 1, Aliases = 1 };
        if (!IsSameDevice)
            inode.PrivateNumber = NextPrivateNumber();
        OverlayInodeFlags flags = OverlayInodeFlags.Whiteouts | OverlayInodeFlags.UpperData;
        if (Upper is not null)
        {
            AttachUpper(inode, Upper.Root);
            if (IsMarkedImpure(Upper.Root))
                flags |= OverlayInodeFlags.Impure;
            inode.ProtectionFlags = ReadProtection(Upper.Root);
        }

        inode.Flags = flags;
        Root = new OverlayDentry(_journal, null, default)
        {
            Inode = inode,
            HasUpperAlias = Upper is not null,
            IsHashed = true,
            HasAttributeWhiteouts = Lowers.Any(static layer => layer.HasAttributeWhiteouts),
        };
    }

    /// <summary>Takes the work directory of a mounted overlay as it is; what lies in <c>work/work</c> is the kernel's own business.</summary>
    private LinuxError TakeOver(BackingInode workBase)
    {
        _state.WorkDirectory = UpperFileSystem.CreateUnnamed(workBase, new NewObject { Type = FileType.Directory });
        _state.WorkDirectory.LinkCount = 2;
        if (Features.Index)
        {
            if (!workBase.Children!.TryGetValue(IndexDirectoryName, out BackingInode? index))
                return LinuxError.ENOENT;
            _state.WorkDirectory = index;
            _state.IndexDirectory = index;
        }

        return LinuxError.OK;
    }

    private LinuxError PrepareUpper(BackingInode workBase, SimulationClock clock)
    {
        BackingFileSystem fileSystem = UpperFileSystem;
        LinuxError error = MakeWork(workBase, out BackingInode? work);
        if (error != LinuxError.OK)
            return error;
        _state.WorkDirectory = work;
        if (Features.Volatile)
        {
            BackingInode incompat = fileSystem.Create(work!, IncompatName, new NewObject { Type = FileType.Directory });
            BackingInode mark = fileSystem.Create(incompat, VolatileName, new NewObject { Type = FileType.Directory });
            fileSystem.Create(mark, DirtyName, new NewObject { Type = FileType.Regular });
        }

        PrepareUuid(clock);
        return Features.Index ? PrepareIndex(workBase) : LinuxError.OK;
    }

    /// <summary>Makes an empty <c>work</c> in the work directory; EINVAL when an earlier mount left a mark that forbids it.</summary>
    public static LinuxError MakeWork(BackingInode workBase, out BackingInode? work)
    {
        work = null;
        if (workBase.Children!.TryGetValue(WorkName, out BackingInode? old) && CleanUpWork(workBase, WorkName, old, 0) == LinuxError.EINVAL)
            return LinuxError.EINVAL;
        work = workBase.FileSystem.Create(workBase, WorkName, new NewObject { Type = FileType.Directory });
        return LinuxError.OK;
    }

    private void PrepareUuid(SimulationClock clock)
    {
        BackingInode root = Upper!.Root;
        if (!Rules.HasUuidMark || !Features.HasUuidMark || root.ExtendedAttributes.ContainsKey(Marks.Uuid))
            return;
        Span<byte> seed = stackalloc byte[16];
        BitConverter.TryWriteBytes(seed, clock.Now);
        BitConverter.TryWriteBytes(seed[8..], root.Number);
        UpperFileSystem.SetExtendedAttribute(root, Marks.Uuid, SHA256.HashData(seed).AsSpan(0, 16));
    }

    private LinuxError PrepareIndex(BackingInode workBase)
    {
        BackingFileSystem fileSystem = UpperFileSystem;
        BackingInode root = Upper!.Root;
        byte[] origin = HandleOf(Lowers[0].Root, isUpper: false);
        LinuxError error = VerifyHandle(root, Marks.Origin, origin);
        if (error == LinuxError.ENODATA)
            error = fileSystem.SetExtendedAttribute(root, Marks.Origin, origin);
        if (error != LinuxError.OK)
            return error;

        if (!workBase.Children!.TryGetValue(IndexDirectoryName, out BackingInode? index))
            index = fileSystem.Create(workBase, IndexDirectoryName, new NewObject { Type = FileType.Directory });
        byte[] upper = HandleOf(root, isUpper: true);
        if (index.ExtendedAttributes.ContainsKey(Marks.Origin))
        {
            error = VerifyHandle(index, Marks.Origin, upper);
            if (error is not (LinuxError.OK or LinuxError.ENODATA))
                return error;
        }

        error = VerifyHandle(index, Marks.Upper, upper);
        if (error == LinuxError.ENODATA)
            error = fileSystem.SetExtendedAttribute(index, Marks.Upper, upper);
        if (error != LinuxError.OK)
            return error;
        _state.WorkDirectory = index;
        _state.IndexDirectory = index;
        return CleanUpIndexEntries(index);
    }

    /// <summary>Removes a leftover of an earlier mount; the features under <c>incompat</c> forbid the mount.</summary>
    private static LinuxError CleanUpWork(BackingInode parent, ByteString name, BackingInode inode, int level)
    {
        if (!inode.IsDirectory || level > 1)
            return Remove(parent, name);
        LinuxError error = Remove(parent, name);
        if (error == LinuxError.OK)
            return error;
        bool incompat = level == 1 && name == IncompatName;
        foreach ((ByteString child, BackingInode below) in inode.Children!.Items.ToArray())
        {
            if (incompat)
                return LinuxError.EINVAL;
            error = CleanUpWork(inode, child, below, level + 1);
            if (error != LinuxError.OK)
                return error;
        }

        return Remove(parent, name);
    }

    private LinuxError CleanUpIndexEntries(BackingInode index)
    {
        foreach ((ByteString name, BackingInode entry) in index.Children!.Items.OrderBy(static item => item.Key).ToArray())
        {
            LinuxError error;
            if (name.Span[0] == '#')
            {
                error = CleanUpWork(index, name, entry, 1);
                if (error != LinuxError.OK)
                    return error;
                continue;
            }

            error = VerifyIndexEntry(name, entry);
            if (error == LinuxError.OK)
                continue;
            if (error == LinuxError.ENOENT && Features.NfsExport)
                error = ReplaceByWhiteout(index, name);
            else if (error is LinuxError.ESTALE or LinuxError.ENOENT)
                error = Remove(index, name);
            if (error != LinuxError.OK)
                return error;
        }

        return LinuxError.OK;
    }

    /// <summary>ESTALE for an entry that does not belong to its object, ENOENT for one whose object is gone; others forbid the mount.</summary>
    private LinuxError VerifyIndexEntry(ByteString name, BackingInode entry)
    {
        if (name.Length % 2 != 0 || name.Span.ContainsAnyExcept(System.Buffers.SearchValues.Create("0123456789abcdefABCDEF"u8)))
            return LinuxError.EINVAL;
        byte[] handle = Convert.FromHexString(System.Text.Encoding.ASCII.GetString(name.Span));
        if (!OverlayFileHandle.IsWellFormed(handle))
            return LinuxError.EINVAL;
        if (entry.IsWhiteout || (entry.IsDirectory && !Features.NfsExport))
            return LinuxError.OK;

        BackingInode upper = entry;
        if (entry.IsDirectory)
        {
            if (!entry.ExtendedAttributes.TryGetValue(Marks.Upper, out byte[]? stored) || !OverlayFileHandle.IsWellFormed(stored))
                return LinuxError.ESTALE;
            if (DecodeIn(stored, Upper!) is not { } found)
                return LinuxError.ENOENT;
            upper = found;
        }

        LinuxError error = VerifyHandle(upper, Marks.Origin, handle);
        if (error != LinuxError.OK)
            return error;
        if (!entry.IsDirectory && entry.LinkCount == 1)
        {
            if (DecodeLower(handle) is not { } lower)
                return LinuxError.ESTALE;
            if (UnionLinkCount(lower.Inode, entry, 0) == 0)
                return LinuxError.ENOENT;
        }

        return LinuxError.OK;
    }
}
