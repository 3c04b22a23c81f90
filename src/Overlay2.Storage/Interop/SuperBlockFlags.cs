namespace Overlay2.Storage.Interop;

/// <summary>Flags of a super block as statmount(2) gives them.</summary>
[Flags]
internal enum SuperBlockFlags : uint
{
    None = 0,
    ReadOnly = 0x1,
    Synchronous = 0x10,
    MandatoryLock = 0x40,
    DirectorySynchronous = 0x80,
    LazyTime = 1 << 25,
}
