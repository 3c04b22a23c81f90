namespace Overlay2.Storage.Interop;

/// <summary>Flags of umount2(2).</summary>
[Flags]
internal enum UnmountFlags
{
    None = 0,
    Detach = 2,

    /// <summary>Marks the mount; unmounts it if it is marked and was not used since.</summary>
    Expire = 4,

    NoFollow = 8,
}
