namespace Overlay2.Storage.Interop;

/// <summary>Which members statx(2) is asked for, and how it looks the path up.</summary>
internal static class StatusMask
{
    public const uint Basic = 0x7ff;
    public const uint BirthTime = 0x800;

    /// <summary>The mount id of mountinfo (Linux 5.8); ids are used again after an unmount.</summary>
    public const uint MountId = 0x1000;

    /// <summary>The mount id that is never used again (Linux 6.8).</summary>
    public const uint UniqueMountId = 0x4000;
}
