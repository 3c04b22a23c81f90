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

    /// <summary>What newfstatat(2) wrote.</summary>
    /// <param name="words">Its structure.</param>
    /// <param name="hasWideLinkCount">Whether the number of links is 64 bits wide and before the mode (x64), or 32 and behind it (elsewhere).</param>
    public static unsafe FileStatus Of(ulong* words, bool hasWideLinkCount)
    {
        uint* halves = (uint*)words;
        uint* owner = hasWideLinkCount ? halves + 6 : halves + 4;
        ulong* times = words + 9;
        ulong deviceFile = words[hasWideLinkCount ? 5 : 4];
        return new FileStatus
        {
            Mask = StatusMask.Basic,
            LinkCount = hasWideLinkCount ? halves[4] : owner[1],
            Mode = (ushort)owner[0],
            UserId = hasWideLinkCount ? owner[1] : owner[2],
            GroupId = hasWideLinkCount ? owner[2] : owner[3],
            Inode = words[1],
            Size = words[6],
            BlockSize = halves[14],
            Blocks = words[8],
            AccessTime = new Timestamp { Seconds = (long)times[0], Nanoseconds = (uint)times[1] },
            ModificationTime = new Timestamp { Seconds = (long)times[2], Nanoseconds = (uint)times[3] },
            ChangeTime = new Timestamp { Seconds = (long)times[4], Nanoseconds = (uint)times[5] },
            DeviceFileMajor = MajorOf(deviceFile),
            DeviceFileMinor = MinorOf(deviceFile),
            DeviceMajor = MajorOf(words[0]),
            DeviceMinor = MinorOf(words[0]),
        };
    }

    public readonly bool IsDirectory => (Mode & TypeMask) == DirectoryType;

    public readonly bool IsRegular => (Mode & TypeMask) == RegularType;

    private static uint MajorOf(ulong device) => (uint)(device >> 8) & 0xFFF;

    private static uint MinorOf(ulong device) => (uint)(device & 0xFF) | ((uint)(device >> 12) & 0xFFF00);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int _spare;
    }
}
