using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

/// <summary>The proc file system of a host.</summary>
internal static class ProcFileSystem
{
    private const uint Magic = 0x9fa0;

    /// <summary>Whether <c>proc</c> in a host's root directory is live; that of a recorded tree is not, and its links are not to be trusted.</summary>
    public static bool IsLive(RootedDirectory root)
    {
        bool isOpen = root.TryOpenFile("proc"u8, OpenFlags.ReadOnly | OpenFlags.Directory, LinkRule.Refuse, out SafeFileHandle found, out _);
        using SafeFileHandle proc = found;
        return isOpen && LibC.TryGetMagic(proc, out uint magic, out _) && magic == Magic;
    }
}
