using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;
using FileStatus = Overlay2.Storage.Interop.FileStatus;

namespace Overlay2.Storage.Layers;

/// <summary>An object of a real layer as it was when it was looked at: its name and what stat(2) tells of it.</summary>
/// <remarks>Immutable, thread-safe. It keeps the directories above it in memory, and no open file.</remarks>
public sealed class LayerObject
{
    private const ulong ImmutableAttribute = 0x10;
    private const ulong AppendAttribute = 0x20;
    private const ulong NoDumpAttribute = 0x40;
    private const ushort PermissionBits = 0xFFF;
    private const int SectorSize = 512;

    private readonly uint _deviceMajor;
    private readonly uint _deviceMinor;
    private readonly ushort _mode;
    private readonly byte _flags;

    internal LayerObject(LayerObject? parent, ByteString name, in FileStatus status)
    {
        Parent = parent;
        Name = name;
        Inode = status.Inode;
        Size = (long)status.Size;
        AllocatedBytes = (long)status.Blocks * SectorSize;
        AccessTime = Nanoseconds(status.AccessTime);
        ModificationTime = Nanoseconds(status.ModificationTime);
        ChangeTime = Nanoseconds(status.ChangeTime);
        LinkCount = (int)Math.Min(status.LinkCount, int.MaxValue);
        Uid = status.UserId;
        Gid = status.GroupId;
        _mode = status.Mode;
        _flags = (byte)(status.Attributes & (ImmutableAttribute | AppendAttribute | NoDumpAttribute));
        _deviceMajor = status.DeviceFileMajor;
        _deviceMinor = status.DeviceFileMinor;
    }

    /// <summary>The directory that holds it; <see langword="null"/> for the root of the layer.</summary>
    public LayerObject? Parent { get; }

    /// <summary>The name in the directory; empty for the root.</summary>
    public ByteString Name { get; }

    /// <summary>The path from the root of the layer, without a leading slash; empty for the root.</summary>
    public BytePath Path
    {
        get
        {
            int length = -1;
            for (LayerObject at = this; at.Parent is not null; at = at.Parent)
                length += at.Name.Length + 1;
            if (length < 0)
                return default;
            byte[] path = new byte[length];
            int end = length;
            for (LayerObject at = this; at.Parent is not null; at = at.Parent)
            {
                end -= at.Name.Length;
                at.Name.Span.CopyTo(path.AsSpan(end));
                if (end > 0)
                    path[--end] = (byte)'/';
            }

            return new BytePath(ByteString.Wrap(path));
        }
    }

    /// <summary>The type.</summary>
    public FileType Type => (_mode & FileStatus.TypeMask) switch
    {
        FileStatus.DirectoryType => FileType.Directory,
        FileStatus.SymbolicLinkType => FileType.SymbolicLink,
        FileStatus.CharacterDeviceType => FileType.CharacterDevice,
        FileStatus.BlockDeviceType => FileType.BlockDevice,
        FileStatus.FifoType => FileType.Fifo,
        FileStatus.SocketType => FileType.Socket,
        _ => FileType.Regular,
    };

    /// <summary>The permission bits with set-user-ID, set-group-ID and sticky.</summary>
    public int Mode => _mode & PermissionBits;

    /// <summary>The owner.</summary>
    public uint Uid { get; }

    /// <summary>The group.</summary>
    public uint Gid { get; }

    /// <summary>The link count; names with the same <see cref="Inode"/> in layers of one file system are one object.</summary>
    public int LinkCount { get; }

    /// <summary>The inode number.</summary>
    public ulong Inode { get; }

    /// <summary>The size in bytes.</summary>
    public long Size { get; }

    /// <summary>The bytes that the file system has given it; less than <see cref="Size"/> for a file with holes.</summary>
    public long AllocatedBytes { get; }

    /// <summary>The access time, nanoseconds since the epoch.</summary>
    public long AccessTime { get; }

    /// <summary>The modification time, nanoseconds since the epoch.</summary>
    public long ModificationTime { get; }

    /// <summary>The time of the last change of the inode, nanoseconds since the epoch.</summary>
    public long ChangeTime { get; }

    /// <summary>The number of a device node; else 0:0.</summary>
    public DeviceNumber Device => new((int)_deviceMajor, (int)_deviceMinor);

    /// <summary>The file flags that statx(2) tells: immutable, append only, no dump.</summary>
    public FileAttributeFlags Flags => (FileAttributeFlags)_flags;

    /// <summary>Whether it is a character device 0:0, which hides its name in the layers below. The other form, a file of no size with
    /// the mark <c>overlay.whiteout</c>, takes a look at its attributes.</summary>
    public bool IsWhiteout => Type == FileType.CharacterDevice && Device == default;

    private static long Nanoseconds(FileStatus.Timestamp time) => unchecked((time.Seconds * 1_000_000_000) + time.Nanoseconds);
}
