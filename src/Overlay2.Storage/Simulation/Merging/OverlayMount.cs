using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Simulation.Merging;

/// <summary>A mounted overlay: its layers, what it remembers of them, and the rules of overlayfs on top of the real file systems.</summary>
/// <remarks>
/// The parts follow the concepts of the kernel documentation: lookup, inodes and names, copy-up, index, creation, removal, rename,
/// directory reading, attributes, extended attributes, data, file handles. Permission of the caller is the business of
/// <see cref="OverlaySimulator"/>; here everything happens with the mounter's rights. Not thread-safe.
/// </remarks>
internal sealed partial class OverlayMount : Journaled<OverlayMount.Mutable>
{
    private readonly JournaledMap<BackingInode, OverlayInode> _inodes;
    private readonly BackingFileSystem[] _fileSystems;
    private readonly int _mappedShift;

    private OverlayMount(Journal journal, MountFeatures features, KernelRules rules, OverlayLayer? upper, OverlayLayer[] lowers, OverlayLayer[] data, BackingFileSystem[] fileSystems)
        : base(journal)
    {
        _inodes = new JournaledMap<BackingInode, OverlayInode>(journal);
        _fileSystems = fileSystems;
        Features = features;
        Rules = rules;
        Upper = upper;
        Lowers = lowers;
        DataLayers = data;
        Marks = features.UserXattr ? MarkNames.User : MarkNames.Trusted;
        int count = fileSystems.Length - (upper is null ? 1 : 0);
        IsSameFileSystem = count == 1 && rules.KeepsNumbers;
        MapsNumbers = !IsSameFileSystem && features.Xino;
        _mappedShift = MappedShift(fileSystems, rules);
        Root = null!;
    }

    public MountFeatures Features { get; }

    public KernelRules Rules { get; }

    public MarkNames Marks { get; }

    public OverlayLayer? Upper { get; }

    /// <summary>The merged lower layers, topmost first.</summary>
    public OverlayLayer[] Lowers { get; }

    public OverlayLayer[] DataLayers { get; }

    public bool IsReadOnly => Upper is null;

    public bool IsSameFileSystem { get; }

    /// <summary>Whether inode numbers carry the file system in their high bits.</summary>
    public bool MapsNumbers { get; }

    /// <summary>Whether all numbers are shown on the overlay's device.</summary>
    public bool IsSameDevice => IsSameFileSystem || MapsNumbers;

    public OverlayDentry Root { get; private set; }

    /// <summary>What the operation under way did, and what it cost.</summary>
    public EffectLog Effects { get; } = new();

    /// <summary>Where temporary objects are made: work/work, or the index.</summary>
    private BackingInode WorkDirectory => _state.WorkDirectory!;

    private BackingInode? IndexDirectory => _state.IndexDirectory;

    private BackingFileSystem UpperFileSystem => Upper!.Root.FileSystem;

    private ByteString NextTemporaryName() =>
        ByteString.FromText("#" + (++Edit().Temporaries).ToString("x", System.Globalization.CultureInfo.InvariantCulture));

    private ulong NextPrivateNumber() => ++Edit().PrivateNumbers;

    internal struct Mutable
    {
        public BackingInode? WorkDirectory;
        public BackingInode? IndexDirectory;
        public ByteString? SharedWhiteout;
        public int Temporaries;
        public ulong PrivateNumbers;
    }
}
