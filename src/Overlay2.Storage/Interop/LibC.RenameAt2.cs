using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Microsoft.Win32.SafeHandles;

namespace Overlay2.Storage.Interop;

internal static unsafe partial class LibC
{
    /// <summary>Of renameat2(2): leave a whiteout in place of the old name.</summary>
    public const uint RenameWhiteout = 4;

    /// <summary>Of renameat2(2): what has the new name is not replaced (EEXIST).</summary>
    public const uint RenameNoReplace = 1;

    /// <summary>Of renameat2(2): the two entries change places.</summary>
    public const uint RenameExchange = 2;

    /// <summary>renameat2(2) (Linux 3.15), from the working directory.</summary>
    public static Errno Rename(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, uint flags) => Rename(CurrentDirectory, from, CurrentDirectory, to, flags);

    /// <summary>renameat2(2) between open directories.</summary>
    /// <returns>No error, or the kernel's.</returns>
    public static Errno Rename(SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, uint flags) =>
        CString.HoldsNul(from) || CString.HoldsNul(to)
            ? Errno.ENOENT
            : ChangingCalls.Prevents("renameat2", out Errno prevented) ? prevented : Errno.Of(renameat2(SystemCallNumber.Rename, fromDirectory, from, toDirectory, to, (nint)flags));

    [LibraryImport(Library, EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint renameat2(
        nint number,
        SafeFileHandle fromDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> from,
        SafeFileHandle toDirectory,
        [MarshalUsing(typeof(CString))] ReadOnlySpan<byte> to,
        nint flags);
}
