using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>An object of the overlay: the upper object, the stack of lower ones, and what the mount knows about them.</summary>
internal sealed class OverlayInode : Journaled<OverlayInode.State>
{
    public OverlayInode(Journal journal, FileType type)
        : base(journal)
    {
        Type = type;
        _state.LowerStack = [];
    }

    public FileType Type { get; }

    public bool IsDirectory => Type == FileType.Directory;

    public BackingInode? Upper { get => _state.Upper; set => Edit().Upper = value; }

    /// <summary>The lower objects, topmost first; for an upper file with a known origin that origin; never changed in place.</summary>
    public LowerPath[] LowerStack { get => _state.LowerStack; set => Edit().LowerStack = value; }

    /// <summary>The redirect of the object, as stored.</summary>
    public ByteString? Redirect { get => _state.Redirect; set => Edit().Redirect = value; }

    /// <summary>Where the data lies in the data-only layers, while nobody has looked yet.</summary>
    public ByteString? LowerDataRedirect { get => _state.LowerDataRedirect; set => Edit().LowerDataRedirect = value; }

    public OverlayInodeFlags Flags { get => _state.Flags; set => Edit().Flags = value; }

    /// <summary>The link count as the overlay keeps it.</summary>
    public int LinkCount { get => _state.LinkCount; set => Edit().LinkCount = value; }

    /// <summary>The number the mount gave the inode, shown for directories when there is no better one.</summary>
    public ulong PrivateNumber { get => _state.PrivateNumber; set => Edit().PrivateNumber = value; }

    /// <summary>Immutable and append-only, kept in the <c>protattr</c> mark.</summary>
    public FileAttributeFlags ProtectionFlags { get => _state.ProtectionFlags; set => Edit().ProtectionFlags = value; }

    /// <summary>Names and open files that keep the inode in memory.</summary>
    public int References { get => _state.References; set => Edit().References = value; }

    /// <summary>Names in the dentry cache.</summary>
    public int Aliases { get => _state.Aliases; set => Edit().Aliases = value; }

    /// <summary>The real inode under which the inode is found again, if any.</summary>
    public BackingInode? Key { get => _state.Key; set => Edit().Key = value; }

    /// <summary>Whether a directory was removed.</summary>
    public bool IsDead { get => _state.IsDead; set => Edit().IsDead = value; }

    /// <summary>Whether link(2) may give a name to an object without one (O_TMPFILE).</summary>
    public bool IsLinkable { get => _state.IsLinkable; set => Edit().IsLinkable = value; }

    /// <summary>Grows when a merged directory changes, so that cached listings are dropped.</summary>
    public long Version { get => _state.Version; set => Edit().Version = value; }

    /// <summary>The listing of a merged directory, while it is valid.</summary>
    public DirectoryListing? Listing { get => _state.Listing; set => Edit().Listing = value; }

    /// <summary>The object whose attributes are shown.</summary>
    public BackingInode Real => _state.Upper ?? _state.LowerStack[0].Inode!;

    public BackingInode? Lower => _state.LowerStack.Length > 0 ? _state.LowerStack[0].Inode : null;

    public bool Has(OverlayInodeFlags flag) => (_state.Flags & flag) != 0;

    /// <summary>Whether the object is an upper one with (for directories and metacopies) lower parts, or several lower ones.</summary>
    public bool IsMerge => Upper is not null
        ? LowerStack.Length > 0 && (IsDirectory || !Has(OverlayInodeFlags.UpperData))
        : LowerStack.Length > 1;

    public bool IsMergeOrLower => Upper is null || IsMerge;

    /// <summary>Whether the upper object has a lower origin whose number it keeps.</summary>
    public bool HasOrigin => Upper is not null && LowerStack.Length > 0 && Has(OverlayInodeFlags.ConstantNumber);

    /// <summary>Whether the attributes are those of an upper file without own data.</summary>
    public bool IsMetacopy => Type == FileType.Regular && Upper is not null && !Has(OverlayInodeFlags.UpperData);

    /// <summary>Open files that use <see cref="Listing"/>; it is forgotten with the last.</summary>
    public int ListingUsers { get => _state.ListingUsers; set => Edit().ListingUsers = value; }

    internal struct State
    {
        public BackingInode? Upper;
        public LowerPath[] LowerStack;
        public ByteString? Redirect;
        public ByteString? LowerDataRedirect;
        public OverlayInodeFlags Flags;
        public int LinkCount;
        public ulong PrivateNumber;
        public FileAttributeFlags ProtectionFlags;
        public int References;
        public int Aliases;
        public BackingInode? Key;
        public bool IsDead;
        public bool IsLinkable;
        public long Version;
        public DirectoryListing? Listing;
        public int ListingUsers;
    }
}
