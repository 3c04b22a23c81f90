using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

internal sealed partial class OverlayMount
{
    /// <summary>The merged entries of a directory, whiteouts among them.</summary>
    private List<DirectoryListing.Entry> ReadMerged(OverlayDentry dentry)
    {
        OverlayInode inode = dentry.Inode!;
        List<DirectoryListing.Entry> entries = [];
        HashSet<ByteString> seen = [];
        if (inode.Upper is { } upper)
            AddEntries(dentry, upper, Upper!, seen, entries);
        foreach (LowerPath lower in inode.LowerStack)
        {
            if (lower.Inode is { IsDirectory: true } directory)
                AddEntries(dentry, directory, lower.Layer, seen, entries);
        }

        return entries;
    }

    private void AddEntries(OverlayDentry dentry, BackingInode directory, OverlayLayer layer, HashSet<ByteString> seen, List<DirectoryListing.Entry> entries)
    {
        bool isUpper = layer.Index == 0;
        bool maybeWhiteouts = !isUpper && layer.HasAttributeWhiteouts && dentry.HasAttributeWhiteouts;
        bool needsNumber = MapsNumbers || (isUpper && dentry.Inode!.Has(OverlayInodeFlags.Impure));
        foreach ((ByteString name, BackingInode real) in directory.Children!.Items)
        {
            if (!seen.Add(name))
                continue;
            entries.Add(new DirectoryListing.Entry
            {
                Name = name,
                Real = real,
                IsUpper = isUpper,
                IsWhiteout = real.IsWhiteout,
                NeedsWhiteoutCheck = maybeWhiteouts && real.IsRegular,
                NeedsNumber = needsNumber,
            });
        }
    }

    /// <summary>Whether nothing in a merged directory is visible; collects the upper whiteouts that must go with it.</summary>
    private LinuxError CheckEmpty(OverlayDentry dentry, List<DirectoryListing.Entry> whiteouts)
    {
        foreach (DirectoryListing.Entry entry in ReadMerged(dentry))
        {
            if (!entry.IsWhiteout)
                return LinuxError.ENOTEMPTY;
            if (entry.IsUpper)
                whiteouts.Add(entry);
        }

        return LinuxError.OK;
    }

    /// <summary>Reads a directory to its end through an open file.</summary>
    public LinuxError ReadDirectory(OpenFile file, bool rewind, out List<DirectoryEntry> result)
    {
        OverlayDentry dentry = file.Dentry;
        OverlayInode inode = dentry.Inode!;
        result = [];
        if (inode.IsDead)
            return LinuxError.ENOENT;
        if (rewind)
            file.IsAtEnd = false;
        if ((!file.WasRead && !file.IsAtEnd) || rewind)
            ResetDirectory(file);
        file.WasRead = true;
        LinuxError error = LinuxError.OK;
        if (file.ReadsReal)
            error = ReadReal(file, result);
        else if (!file.IsAtEnd)
            error = ReadListing(file, result);
        Accessed(inode);
        return error;
    }

    private static void ResetDirectory(OpenFile file)
    {
        OverlayInode inode = file.Dentry.Inode!;
        if (file.Listing is { } listing && listing.Version != inode.Version)
            ForgetListing(file);
        file.ListingPosition = 0;
        if (inode.Has(OverlayInodeFlags.Whiteouts))
            file.ReadsReal = false;
    }

    /// <summary>Lets go of the list an open directory reads from.</summary>
    public static void ForgetListing(OpenFile file)
    {
        if (file.Listing is not { } listing)
            return;
        file.Listing = null;
        OverlayInode inode = file.Dentry.Inode!;
        if (inode.Listing == listing && --inode.ListingUsers == 0)
            inode.Listing = null;
    }

    private LinuxError ReadReal(OpenFile file, List<DirectoryEntry> result)
    {
        OverlayInode inode = file.Dentry.Inode!;
        BackingInode real = file.Real!;
        bool isUpper = real == inode.Upper;
        Dictionary<ByteString, InodeIdentity>? numbers = null;
        bool impure = isUpper && inode.Has(OverlayInodeFlags.Impure);
        if (impure && IsSameDevice)
        {
            LinuxError error = ReadImpureNumbers(file.Dentry, real, out numbers);
            if (error != LinuxError.OK)
                return error;
        }

        // The numbers are asked for by every call, also by one at the end, which can take the mark away.
        if (file.IsAtEnd)
            return LinuxError.OK;
        int fileSystem = isUpper || inode.LowerStack.Length == 0 ? 0 : inode.LowerStack[0].Layer.FileSystemId;
        foreach ((ByteString name, BackingInode child) in real.Children!.Items)
        {
            InodeIdentity identity = numbers is not null && numbers.TryGetValue(name, out InodeIdentity known)
                ? known
                : new InodeIdentity(child, 0, -1, MapsNumbers ? fileSystem : -1);
            result.Add(new DirectoryEntry(name, child.Type, identity, NumberOf(identity)));
        }

        file.IsAtEnd = true;
        return LinuxError.OK;
    }

    /// <summary>The numbers of copied-up entries of an upper directory; a directory without any loses its mark.</summary>
    private LinuxError ReadImpureNumbers(OverlayDentry dentry, BackingInode real, out Dictionary<ByteString, InodeIdentity> numbers)
    {
        numbers = [];
        foreach ((ByteString name, BackingInode child) in real.Children!.Items.ToArray())
        {
            LinuxError error = Lookup(dentry, name, out OverlayDentry found);
            if (error != LinuxError.OK)
                return error;
            if (found.IsNegative || !found.Inode!.HasOrigin)
                continue;
            InodeIdentity identity = Identify(found);
            if (identity.Source != child)
                numbers.Add(name, identity);
        }

        if (numbers.Count == 0)
        {
            if (!IsReadOnly)
                UpperFileSystem.RemoveExtendedAttribute(real, Marks.Impure);
            dentry.Inode!.Flags &= ~OverlayInodeFlags.Impure;
        }

        return LinuxError.OK;
    }

    private LinuxError ReadListing(OpenFile file, List<DirectoryEntry> result)
    {
        OverlayDentry dentry = file.Dentry;
        OverlayInode inode = dentry.Inode!;
        if (file.Listing is null)
        {
            DirectoryListing? shared = inode.Listing;
            if (shared is null || shared.Version != inode.Version)
            {
                shared = new DirectoryListing(inode.Version, ReadMerged(dentry));
                inode.Listing = shared;
                inode.ListingUsers = 0;
            }

            inode.ListingUsers++;
            file.Listing = shared;
        }

        // An entry that cannot be looked up ends one call of getdents64 and is passed over by the next; only a call that
        // gives nothing fails. The first one gives "." and "..".
        bool any = file.ListingPosition == 0;
        List<DirectoryListing.Entry> entries = file.Listing.Entries;
        for (int i = file.ListingPosition; i < entries.Count; i++)
        {
            DirectoryListing.Entry entry = entries[i];
            file.ListingPosition = i;
            if (!entry.IsWhiteout && (entry.NeedsNumber || entry.NeedsWhiteoutCheck))
            {
                LinuxError error = CompleteEntry(dentry, entry);
                if (error != LinuxError.OK && !any)
                    return error;
                any = error == LinuxError.OK && any;
            }

            if (entry.IsWhiteout)
                continue;
            any = true;
            InodeIdentity identity = entry.Identity ?? new InodeIdentity(entry.Real, 0, -1, -1);
            result.Add(new DirectoryEntry(entry.Name, entry.Real.Type, identity, NumberOf(identity)));
        }

        file.ListingPosition = entries.Count;
        file.IsAtEnd = true;
        return LinuxError.OK;
    }

    private LinuxError CompleteEntry(OverlayDentry directory, DirectoryListing.Entry entry)
    {
        if (!IsSameDevice && !entry.NeedsWhiteoutCheck)
        {
            entry.NeedsNumber = false;
            return LinuxError.OK;
        }

        LinuxError error = Lookup(directory, entry.Name, out OverlayDentry found);
        if (error != LinuxError.OK || found.IsNegative)
        {
            entry.IsWhiteout = true;
            return error;
        }

        if (entry.NeedsNumber && IsSameDevice && (found.Inode!.HasOrigin || MapsNumbers))
            entry.Identity = Identify(found);
        entry.NeedsNumber = false;
        return LinuxError.OK;
    }
}
