using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>A name in the overlay as the mount remembers it: found once, kept until it is removed; negative when nothing is there.</summary>
internal sealed class OverlayDentry : Journaled<OverlayDentry.State>
{
    public OverlayDentry(Journal journal, OverlayDentry? parent, ByteString name)
        : base(journal)
    {
        Children = new JournaledMap<ByteString, OverlayDentry>(journal);
        _state.Parent = parent ?? this;
        _state.Name = name;
    }

    /// <summary>The cached names below.</summary>
    public JournaledMap<ByteString, OverlayDentry> Children { get; }

    public ByteString Name { get => _state.Name; set => Edit().Name = value; }

    /// <summary>The directory above; the root is its own parent.</summary>
    public OverlayDentry Parent { get => _state.Parent; set => Edit().Parent = value; }

    public bool IsRoot => ReferenceEquals(_state.Parent, this);

    /// <summary>The object, or <see langword="null"/> for a negative entry.</summary>
    public OverlayInode? Inode { get => _state.Inode; set => Edit().Inode = value; }

    /// <summary>Whether the upper object has this name too (an indexed object may have only the index entry).</summary>
    public bool HasUpperAlias { get => _state.HasUpperAlias; set => Edit().HasUpperAlias = value; }

    /// <summary>Whether the upper entry hides the lowers: an opaque directory or (negative entry) a whiteout.</summary>
    public bool IsOpaque { get => _state.IsOpaque; set => Edit().IsOpaque = value; }

    /// <summary>Whether the directory may hold regular files that are whiteouts.</summary>
    public bool HasAttributeWhiteouts { get => _state.HasAttributeWhiteouts; set => Edit().HasAttributeWhiteouts = value; }

    /// <summary>Whether a walk can still find the entry.</summary>
    public bool IsHashed { get => _state.IsHashed; set => Edit().IsHashed = value; }

    /// <summary>Open files and maps that keep the entry.</summary>
    public int Pins { get => _state.Pins; set => Edit().Pins = value; }

    public bool IsNegative => _state.Inode is null;

    public bool IsDirectory => _state.Inode is { IsDirectory: true };

    public bool IsWhiteout => _state.Inode is null && _state.IsOpaque;

    public BackingInode? Upper => _state.Inode?.Upper;

    internal struct State
    {
        public ByteString Name;
        public OverlayDentry Parent;
        public OverlayInode? Inode;
        public bool HasUpperAlias;
        public bool IsOpaque;
        public bool HasAttributeWhiteouts;
        public bool IsHashed;
        public int Pins;
    }
}
