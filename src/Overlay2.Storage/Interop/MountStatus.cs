using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>What statmount(2) fills in (struct statmount); texts are offsets into what follows the structure.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MountStatus
{
    /// <summary>Where the texts start: the structure has room for members to come.</summary>
    public const int TextOffset = 512;

    public uint Size;
    public uint SuperOptions;
    public MountStatusMask Mask;
    public uint DeviceMajor;
    public uint DeviceMinor;
    public ulong Magic;
    public SuperBlockFlags SuperFlags;
    public uint FileSystemType;
    public ulong UniqueId;
    public ulong UniqueParentId;
    public uint MountId;
    public uint ParentId;
    public MountAttributes Attributes;
    public MountFlags Propagation;
    public ulong PeerGroup;
    public ulong Master;
    public ulong PropagateFrom;
    public uint Root;
    public uint MountPoint;
    public ulong NamespaceId;
    public uint FileSystemSubtype;
    public uint Source;
    public uint OptionCount;
    public uint OptionArray;
    public uint SecurityOptionCount;
    public uint SecurityOptionArray;
    public MountStatusMask SupportedMask;
    private unsafe fixed ulong _spare[45];
}
