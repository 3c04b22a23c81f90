namespace Overlay2.Storage.Interop;

/// <summary>The leading members of what statfs(2) fills in on 64-bit systems.</summary>
internal readonly record struct FileSystemStatus(
    uint Magic, ulong BlockSize, ulong Blocks, ulong FreeBlocks, ulong AvailableBlocks, ulong Files, ulong FreeFiles)
{
    public const uint Ext4Magic = 0xEF53;
    public const uint XfsMagic = 0x58465342;
    public const uint TmpfsMagic = 0x01021994;
    public const uint BtrfsMagic = 0x9123683E;
}
