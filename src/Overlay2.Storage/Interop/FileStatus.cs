using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>What statx(2) fills in.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileStatus
{
    public const ushort TypeMask = 0xF000;
    public const ushort DirectoryType = 0x4000;
    public const ushort CharacterDeviceType = 0x2000;
    public const ushort BlockDeviceType = 0x6000;
    public const ushort RegularType = 0x8000;
    public const ushort FifoType = 0x1000;
    public const ushort SymbolicLinkType = 0xA000;
    public const ushort SocketType = 0xC000;

    /// <summary>Of <see cref="Mode"/>: the permissions, with set-user-id, set-group-id and sticky bit.</summary>
    public const ushort PermissionMask = 0xFFF;

    /// <summary>Of <see cref="Attributes"/>: chattr +i.</summary>
    public const ulong ImmutableAttribute = 0x10;

    /// <summary>Of <see cref="Attributes"/>: chattr +a.</summary>
    public const ulong AppendOnlyAttribute = 0x20;

    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint LinkCount;
    public uint UserId;
    public uint GroupId;
    public ushort Mode;
    private readonly ushort _spare0;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributesMask;
    public Timestamp AccessTime;
    public Timestamp BirthTime;
    public Timestamp ChangeTime;
    public Timestamp ModificationTime;
    public uint DeviceFileMajor;
    public uint DeviceFileMinor;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public ulong MountId;
    private unsafe fixed ulong _spare1[13];

    public readonly bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int _spare;
    }
}
