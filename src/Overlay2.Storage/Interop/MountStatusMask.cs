namespace Overlay2.Storage.Interop;

/// <summary>What statmount(2) is asked for, and what it answered.</summary>
[Flags]
internal enum MountStatusMask : ulong
{
    None = 0,
    SuperBlock = 0x1,
    Mount = 0x2,
    PropagateFrom = 0x4,
    Root = 0x8,
    MountPoint = 0x10,
    FileSystemType = 0x20,
    NamespaceId = 0x40,
    SuperOptions = 0x80,
    FileSystemSubtype = 0x100,
    Source = 0x200,
    SecurityOptions = 0x800,
    SupportedMask = 0x1000,
}
