namespace Overlay2.Storage.Interop;

/// <summary>Flags of mount(2).</summary>
[Flags]
internal enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 1,
    NoSuid = 2,
    NoDev = 4,
    NoExec = 8,
    Synchronous = 16,
    Remount = 32,
    Bind = 0x1000,
    Move = 0x2000,
    Recursive = 0x4000,
    Unbindable = 1 << 17,
    Private = 1 << 18,
    Slave = 1 << 19,
    Shared = 1 << 20,
}
