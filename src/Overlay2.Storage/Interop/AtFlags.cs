namespace Overlay2.Storage.Interop;

/// <summary>Flags of the calls whose names end in "at".</summary>
internal static class AtFlags
{
    public const int NoFollow = 0x100;
    public const int NoAutomount = 0x800;
    public const int EmptyPath = 0x1000;

    /// <summary>Of statx(2): what the kernel has is told, and nobody behind a network or in user space is asked.</summary>
    public const int DoNotSync = 0x4000;
}
