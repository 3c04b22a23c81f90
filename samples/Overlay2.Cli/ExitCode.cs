namespace Overlay2.Cli;

/// <summary>What the program answers to its caller; 64, 65 and 74 are EX_USAGE, EX_DATAERR and EX_IOERR of sysexits(3).</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>What was asked about would fail.</summary>
    public const int WouldFail = 1;

    /// <summary>Whether it would fail cannot be told.</summary>
    public const int NotKnown = 3;

    /// <summary>Something is wrong, and it is not repaired.</summary>
    public const int Refused = 4;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The input that the command line names is wrong or cannot be read, or the machine has not what the command needs: a directory, a descriptor, a process.</summary>
    public const int Data = 65;

    /// <summary>The standard output takes nothing more: a full disk, or a pipe that nobody reads.</summary>
    public const int Output = 74;

    /// <summary>The user ended the program with Ctrl-C: 128 and the number of the signal, as shells say it.</summary>
    public const int Interrupted = 130;
}
