namespace Overlay2.Storage.Interop;

/// <summary>Flags of open(2) whose numbers are the same on x64 and arm64, and the two that differ.</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlock = 0x800;
    public const int NoAccessTime = 0x40000;
    public const int CloseOnExec = 0x80000;
    public const int Path = 0x200000;

    public static readonly int Directory = ProcessorNumbers.Current.OpenDirectory;
    public static readonly int NoFollow = ProcessorNumbers.Current.OpenNoFollow;

    /// <summary>O_TMPFILE without the flag of a directory.</summary>
    public const int TemporaryAlone = 0x400000;

    /// <summary>O_TMPFILE: with the flag of a directory.</summary>
    public static readonly int Temporary = TemporaryAlone | Directory;
}
