using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>geteuid(2): whose rights this process has.</summary>
    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint GetUserId();
}
