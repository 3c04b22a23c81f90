namespace Overlay2.Storage.Interop;

/// <summary>Flags of umount2(2).</summary>
[Flags]
internal enum UnmountFlags
{
    None = 0,
    Detach = 2,
    NoFollow = 8,
}
