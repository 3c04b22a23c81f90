namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Permission bits of a mode, and the mask of a permission check.</summary>
internal static class Permissions
{
    public const int SetUserId = 0x800;      // 04000
    public const int SetGroupId = 0x400;     // 02000
    public const int Sticky = 0x200;         // 01000
    public const int All = 0xFFF;            // 07777
    public const int Access = 0x1FF;         // 0777
    public const int Group = 0x38;           // 0070
    public const int GroupExecute = 0x8;     // 0010
    public const int AnyExecute = 0x49;      // 0111

    public const int Read = 4;
    public const int Write = 2;
    public const int Execute = 1;
}
