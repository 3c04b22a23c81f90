namespace Overlay2.Storage.Interop;

/// <summary>Attributes of one mount, as mount_setattr(2) takes and statmount(2) gives them.</summary>
[Flags]
internal enum MountAttributes : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSuid = 0x2,
    NoDev = 0x4,
    NoExec = 0x8,
    NoAccessTime = 0x10,
    StrictAccessTime = 0x20,
    NoDirectoryAccessTime = 0x80,
    IdMapped = 0x100000,
    NoSymbolicLinkFollow = 0x200000,
}
