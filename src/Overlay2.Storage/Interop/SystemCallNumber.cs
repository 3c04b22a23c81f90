namespace Overlay2.Storage.Interop;

/// <summary>Numbers of system calls that the C library has no function for everywhere. From 424 on they are the same on every architecture.</summary>
internal static class SystemCallNumber
{
    public const int OpenTree = 428;
    public const int MoveMount = 429;
    public const int OpenFileSystem = 430;
    public const int ConfigureFileSystem = 431;
    public const int MountFileSystem = 432;
    public const int OpenProcess = 434;
    public const int OpenAt2 = 437;
    public const int SetMountAttributes = 442;
    public const int StatMount = 457;
    public const int ListMount = 458;

    /// <summary>getdents64: older than the numbers that all architectures share.</summary>
    public static readonly int GetDirectoryEntries = ProcessorNumbers.Current.GetDirectoryEntries;

    /// <summary>mknodat: as <see cref="GetDirectoryEntries"/>.</summary>
    public static readonly int MakeNode = ProcessorNumbers.Current.MakeNode;

    /// <summary>renameat2: as <see cref="GetDirectoryEntries"/>.</summary>
    public static readonly int Rename = ProcessorNumbers.Current.Rename;

    /// <summary>newfstatat: as <see cref="GetDirectoryEntries"/>.</summary>
    public static readonly int Status = ProcessorNumbers.Current.Status;
}
