using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>mount(2).</summary>
    /// <returns>No error, or the kernel's; EINVAL for an argument that holds a NUL.</returns>
    public static Errno Mount(ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> type, MountFlags flags, ReadOnlySpan<byte> data)
    {
        using CString sourceName = new(source, stackalloc byte[CString.StackLength]);
        using CString targetName = new(target, stackalloc byte[CString.StackLength]);
        using CString typeName = new(type, stackalloc byte[CString.StackLength]);
        using CString dataText = new(data, stackalloc byte[CString.StackLength]);
        if (sourceName.HoldsNul || targetName.HoldsNul || typeName.HoldsNul || dataText.HoldsNul)
            return Errno.EINVAL;

        fixed (byte* sourceBytes = sourceName, targetBytes = targetName, typeBytes = typeName, dataBytes = dataText)
            return mount(sourceBytes, targetBytes, typeBytes, (nuint)flags, dataBytes) < 0 ? Errno.Last : default;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int mount(byte* source, byte* target, byte* type, nuint flags, byte* data);
}
