using System.Runtime.InteropServices;

namespace Overlay2.Storage.Interop;

/// <summary>The numbers of the kernel's interface that are not the same on every processor.</summary>
/// <param name="OpenDirectory">O_DIRECTORY of open(2).</param>
/// <param name="OpenNoFollow">O_NOFOLLOW of open(2).</param>
/// <param name="GetDirectoryEntries">The system call getdents64(2).</param>
/// <param name="MakeNode">The system call mknodat(2).</param>
/// <param name="Rename">The system call renameat2(2).</param>
/// <param name="Status">The system call newfstatat(2).</param>
/// <param name="HasWideLinkCount">How the structure of that is laid out.</param>
internal readonly record struct ProcessorNumbers(int OpenDirectory, int OpenNoFollow, int GetDirectoryEntries, int MakeNode, int Rename, int Status, bool HasWideLinkCount)
{
    /// <summary>Those of this machine.</summary>
    public static readonly ProcessorNumbers Current = Of(RuntimeInformation.ProcessArchitecture);

    /// <summary>Those of a processor; what is neither x64 nor Arm has the kernel's generic ones.</summary>
    public static ProcessorNumbers Of(Architecture processor) => processor switch
    {
        Architecture.X64 => new(0x10000, 0x20000, 217, 259, 316, 262, true),
        Architecture.Arm64 or Architecture.Arm => new(0x4000, 0x8000, 61, 33, 276, 79, false),
        _ => new(0x10000, 0x20000, 61, 33, 276, 79, false),
    };
}
