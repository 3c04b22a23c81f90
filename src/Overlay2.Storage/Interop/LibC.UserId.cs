using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>geteuid(2).</summary>
    public static uint EffectiveUserId => geteuid();

    [LibraryImport(Library)]
    private static partial uint geteuid();
}
