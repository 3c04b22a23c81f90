using System.Diagnostics;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>An object of a backing file system: what one inode number stands for.</summary>
/// <remarks>The class only holds state and its journal; the rules of the file system are in <see cref="BackingFileSystem"/>.</remarks>
internal sealed class BackingInode : Journaled<BackingInode.State>
{
    private readonly ISourceObject? _source;
    private JournaledMap<ByteString, byte[]>? _attributes;
    private FileContent? _loadedContent;
    private long _contentSaved;

    public BackingInode(BackingFileSystem fileSystem, Journal journal, ulong number, FileType type)
        : base(journal)
    {
        FileSystem = fileSystem;
        Number = number;
        Type = type;
        if (type == FileType.Directory)
            Children = new JournaledMap<ByteString, BackingInode>(journal);
        if (type == FileType.Regular)
            _state.Content = new FileContent();
    }

    /// <summary>An object on disk; what it holds is read when it is asked for. It is no change, so the journal knows nothing of it.</summary>
    public BackingInode(BackingFileSystem fileSystem, Journal journal, in SourceStatus status, ISourceObject source)
        : base(journal)
    {
        FileSystem = fileSystem;
        _source = source;
        Number = status.InodeNumber;
        Type = status.Type;
        Device = status.Device;
        LinkTarget = status.LinkTarget;
        if (Type == FileType.Directory)
            Children = new JournaledMap<ByteString, BackingInode>(journal, new SourceEntries(fileSystem, source));
        _state = new State
        {
            Mode = status.Mode,
            Uid = status.Uid,
            Gid = status.Gid,
            LinkCount = status.LinkCount,
            Size = status.Size,
            AccessTime = status.AccessTime,
            ModificationTime = status.ModificationTime,
            ChangeTime = status.ChangeTime,
            Flags = status.Flags,
        };
    }

    public BackingFileSystem FileSystem { get; }

    public ulong Number { get; }

    public FileType Type { get; }

    public bool IsDirectory => Type == FileType.Directory;

    public bool IsRegular => Type == FileType.Regular;

    /// <summary>Whether this is a character device 0:0.</summary>
    public bool IsWhiteout => Type == FileType.CharacterDevice && Device == default;

    /// <summary>The entries of a directory; <see langword="null"/> for everything else.</summary>
    public JournaledMap<ByteString, BackingInode>? Children { get; }

    /// <summary>The object behind a name that is there.</summary>
    public BackingInode GetChild(ByteString name) =>
        Children!.TryGetValue(name, out BackingInode? child) ? child : throw new UnreachableException("No such entry.");

    public JournaledMap<ByteString, byte[]> ExtendedAttributes => _attributes ??= ReadAttributes();

    /// <summary>The handle of an object on disk; <see langword="null"/> for any other.</summary>
    public SourceHandle? RealHandle => _source?.ReadHandle();

    /// <summary>The attributes that lie in the inode itself rather than in a block; <see langword="null"/> if none does.</summary>
    public JournaledMap<ByteString, bool>? AttributesInInode { get; private set; }

    /// <summary>Notes that an attribute lies in the inode.</summary>
    public void KeepInInode(ByteString name) => (AttributesInInode ??= new JournaledMap<ByteString, bool>(_journal)).Set(name, true);

    /// <summary>Device number of a device node.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>Target of a symbolic link.</summary>
    public ByteString LinkTarget { get; init; }

    /// <summary>The permission bits with set-user-ID, set-group-ID and sticky.</summary>
    public int Mode { get => _state.Mode; set => Edit().Mode = value; }

    public uint Uid { get => _state.Uid; set => Edit().Uid = value; }

    public uint Gid { get => _state.Gid; set => Edit().Gid = value; }

    public int LinkCount { get => _state.LinkCount; set => Edit().LinkCount = value; }

    public long Size { get => _state.Size; set => Edit().Size = value; }

    /// <summary>Times in nanoseconds since the epoch.</summary>
    public long AccessTime { get => _state.AccessTime; set => Edit().AccessTime = value; }

    public long ModificationTime { get => _state.ModificationTime; set => Edit().ModificationTime = value; }

    public long ChangeTime { get => _state.ChangeTime; set => Edit().ChangeTime = value; }

    public FileAttributeFlags Flags { get => _state.Flags; set => Edit().Flags = value; }

    /// <summary>The directory that holds this directory.</summary>
    public BackingInode? Parent { get => _state.Parent; set => Edit().Parent = value; }

    /// <summary>How many users (open files, overlay inodes) keep the object alive without a name.</summary>
    public int Pins { get => _state.Pins; set => Edit().Pins = value; }

    /// <summary>A number that changes with every change of the data.</summary>
    public int ContentVersion => _state.ContentVersion;

    /// <summary>The data, for reading.</summary>
    public FileContent Content => _state.Content ?? (_loadedContent ??= FileContent.Of(_source!));

    /// <summary>The data, for changing.</summary>
    public FileContent EditContent()
    {
        ref State state = ref Edit();
        state.Content ??= Content.Clone();
        if (_journal.IsRecording && _contentSaved != _journal.Epoch)
        {
            _contentSaved = _journal.Epoch;
            state.Content = state.Content!.Clone();
        }

        state.ContentVersion++;
        return state.Content!;
    }

    /// <summary>Replaces the data by a copy of another file's.</summary>
    public void ReplaceContent(FileContent content)
    {
        ref State state = ref Edit();
        state.Content = content;
        state.ContentVersion++;
        _contentSaved = _journal.Epoch;
    }

    private JournaledMap<ByteString, byte[]> ReadAttributes()
    {
        var attributes = new JournaledMap<ByteString, byte[]>(_journal);

        // xfs shows an ACL in a form of its own too.
        if (_source is not null)
            attributes.Load(_source.ReadAttributes().Where(static attribute => XfsAcl.PosixName(attribute.Key) is null));
        return attributes;
    }

    internal struct State
    {
        public int Mode;
        public uint Uid;
        public uint Gid;
        public int LinkCount;
        public int Pins;
        public FileAttributeFlags Flags;
        public long Size;
        public long AccessTime;
        public long ModificationTime;
        public long ChangeTime;
        public int ContentVersion;
        public FileContent? Content;
        public BackingInode? Parent;
    }
}
