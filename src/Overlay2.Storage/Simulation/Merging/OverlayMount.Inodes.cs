using System.Numerics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>The overlay inode of real objects: one that is in memory under the same key, or a new one.</summary>
    private LinuxError GetInode(BackingInode? upper, LowerPath[] stack, BackingInode? index, ByteString? redirect, ByteString? dataRedirect, out OverlayInode inode)
    {
        BackingInode? lower = stack.Length > 0 ? stack[0].Inode : null;
        BackingInode real = upper ?? lower!;
        bool byLower = IsKeyedByLower(upper, lower, index);
        BackingInode? key = byLower ? lower : upper;
        inode = new OverlayInode(_journal, real.Type);
        int links = 1;
        if (key is not null)
        {
            if (_inodes.TryGetValue(key, out OverlayInode? known))
            {
                inode = known;
                return IsSameObject(known, lower, upper) ? LinuxError.OK : LinuxError.ESTALE;
            }

            if (!real.IsDirectory)
                links = UnionLinkCount(lower, upper, IndexedLinkCount(real, lower, upper, index));
            inode.Key = key;
            _inodes.Set(key, inode);
        }

        inode.LinkCount = links;
        inode.LowerStack = stack;
        inode.Redirect = redirect;
        inode.LowerDataRedirect = dataRedirect;
        if (upper is not null)
            AttachUpper(inode, upper);
        if (real.IsDirectory && !IsSameDevice)
            inode.PrivateNumber = NextPrivateNumber();

        OverlayInodeFlags flags = OverlayInodeFlags.None;
        if (upper is { IsDirectory: true } && IsMarkedImpure(upper))
            flags |= OverlayInodeFlags.Impure;
        if (index is not null)
            flags |= OverlayInodeFlags.Index;
        if (byLower)
            flags |= OverlayInodeFlags.ConstantNumber;
        if (real.IsDirectory && ((upper is not null && lower is not null) || stack.Length > 1 || real.ExtendedAttributes.ContainsKey(Marks.Origin)))
            flags |= OverlayInodeFlags.Whiteouts;
        inode.Flags = flags;
        if (upper is not null)
            inode.ProtectionFlags = ReadProtection(upper);
        return LinuxError.OK;
    }

    private bool IsMarkedImpure(BackingInode directory) => directory.ExtendedAttributes.TryGetValue(Marks.Impure, out byte[]? impure) && impure is [(byte)'y'];

    private int IndexedLinkCount(BackingInode real, BackingInode? lower, BackingInode? upper, BackingInode? index)
    {
        // A file that is no hard link below has one upper name; a second link can only be its index entry.
        bool counted = Rules.IgnoresIndexLink && index is not null && upper is not null && lower is { LinkCount: 1 };
        return counted ? Math.Max(1, real.LinkCount - 1) : real.LinkCount;
    }

    /// <summary>Whether an inode is found again by its lower object, so that it stays the same over a copy-up.</summary>
    private bool IsKeyedByLower(BackingInode? upper, BackingInode? lower, BackingInode? index)
    {
        if (lower is null)
            return false;
        if (index is not null || Upper is null)
            return true;
        if ((upper is not null || IndexDirectory is null) && !lower.IsDirectory && lower.LinkCount > 1)
            return false;
        return !(Features.NfsExport && upper is not null);
    }

    private static bool IsSameObject(OverlayInode inode, BackingInode? lower, BackingInode? upper)
    {
        if (inode.IsDirectory && ((lower is null && inode.Lower is not null) || (upper is null && inode.Upper is not null)))
            return false;
        return (lower is null || inode.Lower == lower) && (upper is null || inode.Upper == upper);
    }

    private static void AttachUpper(OverlayInode inode, BackingInode upper)
    {
        inode.Upper = upper;
        BackingFileSystem.Pin(upper);
    }

    /// <summary>Makes the upper object of a copied-up inode known.</summary>
    private void InstallUpper(OverlayInode inode, BackingInode upper)
    {
        AttachUpper(inode, upper);
        if (inode.Key is null)
        {
            inode.Key = upper;
            _inodes.Set(upper, inode);
        }
    }

    /// <summary>A new entry, not yet found by walks; it keeps its directory in memory.</summary>
    private OverlayDentry NewEntry(OverlayDentry parent, ByteString name)
    {
        Pin(parent);
        return new OverlayDentry(_journal, parent, name);
    }

    /// <summary>Gives a negative entry its object.</summary>
    private static void Instantiate(OverlayDentry dentry, OverlayInode inode)
    {
        dentry.Inode = inode;
        inode.References++;
        if (dentry.IsHashed)
            inode.Aliases++;
    }

    /// <summary>Makes an entry invisible to walks; it goes away when nothing pins it any more.</summary>
    public void Drop(OverlayDentry dentry)
    {
        if (!dentry.IsHashed)
            return;
        if (dentry.Children.Count == 0)
        {
            Unhash(dentry);
            if (dentry.Pins == 0)
                Release(dentry);
            return;
        }

        // What is below goes with it, however deep; each is kept until its own entries are done.
        List<OverlayDentry> dropped = [];
        Stack<OverlayDentry> rest = new([dentry]);
        while (rest.TryPop(out OverlayDentry? next))
        {
            Pin(next);
            dropped.Add(next);
            foreach (OverlayDentry child in next.Children.Values)
                rest.Push(child);
        }

        foreach (OverlayDentry next in dropped)
            Unhash(next);
        for (int i = dropped.Count - 1; i >= 0; i--)
            Unpin(dropped[i]);
    }

    private static void Unhash(OverlayDentry dentry)
    {
        dentry.IsHashed = false;
        if (dentry.Parent.Children.TryGetValue(dentry.Name, out OverlayDentry? there) && there == dentry)
            dentry.Parent.Children.Remove(dentry.Name);
        if (dentry.Inode is { } inode)
            inode.Aliases--;
    }

    public static void Pin(OverlayDentry dentry) => dentry.Pins++;

    public void Unpin(OverlayDentry dentry)
    {
        dentry.Pins--;
        if (IsUnused(dentry))
            Release(dentry);
    }

    private static bool IsUnused(OverlayDentry dentry) => dentry.Pins == 0 && !dentry.IsHashed && !dentry.IsRoot;

    /// <summary>Lets an entry go, and the directories above that only it kept.</summary>
    private void Release(OverlayDentry dentry)
    {
        do
        {
            ReleaseInode(dentry);
            dentry = dentry.Parent;
            dentry.Pins--;
        }
        while (IsUnused(dentry));
    }

    private void ReleaseInode(OverlayDentry dentry)
    {
        if (dentry.Inode is not { } inode)
            return;
        dentry.Inode = null;
        inode.References--;
        if (inode.References > 0)
            return;
        if (inode.Key is { } key && _inodes.TryGetValue(key, out OverlayInode? known) && known == inode)
            _inodes.Remove(key);
        if (inode.Upper is { } upper)
            BackingFileSystem.Unpin(upper);
    }

    /// <summary>Moves an entry to another name; what was there is gone.</summary>
    public void Move(OverlayDentry dentry, OverlayDentry target)
    {
        OverlayDentry parent = target.Parent;
        ByteString name = target.Name;
        Pin(parent);
        Drop(target);
        OverlayDentry oldParent = dentry.Parent;
        oldParent.Children.Remove(dentry.Name);
        dentry.Parent = parent;
        dentry.Name = name;
        parent.Children.Set(name, dentry);
        Unpin(oldParent);
    }

    /// <summary>Exchanges the names of two entries.</summary>
    public static void Exchange(OverlayDentry first, OverlayDentry second)
    {
        (OverlayDentry parent, ByteString name) = (first.Parent, first.Name);
        first.Parent = second.Parent;
        first.Name = second.Name;
        second.Parent = parent;
        second.Name = name;
        first.Parent.Children.Set(first.Name, first);
        second.Parent.Children.Set(second.Name, second);
    }

    /// <summary>Notes that a name in a directory changed.</summary>
    private static void DirectoryModified(OverlayDentry directory, bool impurity)
    {
        OverlayInode inode = directory.Inode!;
        if (inode.IsMerge || impurity || inode.Has(OverlayInodeFlags.Whiteouts))
            inode.Version++;
    }

    /// <summary>Counts a name less that was removed or replaced; a directory has only one.</summary>
    private static void DropLink(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        if (inode.IsDirectory)
        {
            inode.LinkCount = 0;
            inode.IsDead = true;
            return;
        }

        int otherNames = inode.Aliases - (dentry.IsHashed ? 1 : 0);
        if (inode.LinkCount > (otherNames > 0 ? 1 : 0))
            inode.LinkCount--;
    }

    /// <summary>The device that is shown: 0:1 stands for the overlay's, the others for the anonymous one of each file system.</summary>
    public static DeviceNumber DeviceOf(InodeIdentity identity) => new(0, identity.PseudoDevice < 0 ? 1 : identity.PseudoDevice + 2);

    /// <summary>The inode number that is shown.</summary>
    public ulong NumberOf(InodeIdentity identity)
    {
        if (identity.Source is not { } source)
            return identity.PrivateNumber;
        return identity.MappedId < 0 ? source.Number : source.Number | ((ulong)identity.MappedId << _mappedShift);
    }

    /// <summary>The lowest bit that xino puts the place of a file system into; the bit below it is reserved.</summary>
    private static int MappedShift(BackingFileSystem?[] fileSystems, KernelRules rules)
    {
        bool plain = rules.CountsPlainHandles && fileSystems.All(static item => item is null || item.Kind == SimulatedFileSystemKind.Ext4);
        return 65 - (plain ? 32 : BitOperations.Log2((uint)Math.Max(1, fileSystems.Length - 1)) + 2);
    }

    /// <summary>Where st_dev and st_ino of an object come from.</summary>
    public InodeIdentity Identify(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        BackingInode source = inode.Real;
        int fileSystem = 0;
        if (!inode.IsDirectory || IsSameDevice)
        {
            if (inode.Upper is null)
            {
                fileSystem = inode.LowerStack[0].Layer.FileSystemId;
            }
            else if (inode.HasOrigin && (IsSameFileSystem ? Rules.KeepsNumbers : Rules.KeepsNumbersOfOtherFileSystems))
            {
                LowerPath origin = inode.LowerStack[0];
                if (inode.Has(OverlayInodeFlags.Index) || (!Features.NfsExport && (inode.IsDirectory || origin.Inode!.LinkCount == 1)))
                {
                    source = origin.Inode!;
                    fileSystem = origin.Layer.FileSystemId;
                }
            }
        }

        if (IsSameFileSystem)
            return new InodeIdentity(source, 0, -1, -1);
        if (MapsNumbers)
            return new InodeIdentity(source, 0, -1, fileSystem);
        return inode.IsDirectory
            ? new InodeIdentity(null, inode.PrivateNumber, -1, -1)
            : new InodeIdentity(source, 0, fileSystem, -1);
    }
}
