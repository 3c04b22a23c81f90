namespace Overlay2.Storage.Interop;

/// <summary>How openat2(2) may walk.</summary>
[Flags]
internal enum ResolveFlags : ulong
{
    None = 0,
    NoCrossMounts = 0x01,
    NoMagicLinks = 0x02,
    NoSymbolicLinks = 0x04,
    Beneath = 0x08,
    InRoot = 0x10,
}
