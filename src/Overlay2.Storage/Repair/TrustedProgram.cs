using System.Collections.Immutable;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair;

/// <summary>A program that may be started: found once, in directories that are known beforehand; neither <c>PATH</c> nor the working directory is asked.</summary>
/// <remarks>
/// For root, the file and every directory above it, also those that links lead through, are root's and not writable by anybody else: nobody
/// else can have put it there, or another in its place later. Immutable and thread-safe.
/// </remarks>
public sealed class TrustedProgram
{
    private const int ExecuteBits = 0x49;
    private const int MostAccountBytes = 1 << 20;

    private TrustedProgram(BytePath path, BytePath file)
    {
        Path = path;
        File = file;
    }

    /// <summary>The directories that are searched unless the caller gives others, in this order.</summary>
    public static ImmutableArray<string> Directories { get; } = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>Where it was found; the first word of its command line.</summary>
    public BytePath Path { get; }

    /// <summary>The file that is run: the same without links.</summary>
    public BytePath File { get; }

    /// <summary>Finds a program.</summary>
    /// <param name="program">Its name, or its absolute path.</param>
    /// <param name="directories">The absolute directories to search for a name; <see cref="Directories"/> if not given.</param>
    /// <exception cref="ProgramRefusedException">It is not there, is a relative path, or others than root decide what it is.</exception>
    public static TrustedProgram Find(string program, ImmutableArray<string> directories = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        directories = directories.IsDefault ? Directories : directories;
        if (program.StartsWith('/'))
            return Look(program, program) ?? throw new ProgramRefusedException(program, "there is no such program");
        if (program.Length == 0 || program.Contains('/', StringComparison.Ordinal))
            throw new ProgramRefusedException(program, "it is neither a name nor an absolute path");
        foreach (string directory in directories)
        {
            if (directory.StartsWith('/') && Look(program, $"{directory}/{program}") is { } found)
                return found;
        }

        throw new ProgramRefusedException(program, $"there is none in {string.Join(':', directories)}");
    }

    /// <summary>The environment that programs are given, and nothing of this process's own: <see cref="Directories"/> as <c>PATH</c>, the C locale, and the home directory by the list of accounts.</summary>
    public static ImmutableDictionary<string, string> CreateEnvironment() => ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal)
        .Add("PATH", string.Join(':', Directories)).Add("LANG", "C").Add("LC_ALL", "C").Add("HOME", FindHome());

    /// <summary>The file that is run.</summary>
    public override string ToString() => File.ToString();

    /// <summary>The program at a path; nothing where there is none that could be run.</summary>
    private static TrustedProgram? Look(string program, string path)
    {
        bool isThere = TrustedPath.TryWalk("/"u8, BytePath.FromText(path).Span, out byte[] file, out FileStatus status, out PathFault? fault, out Errno error);
        if (!isThere && error != Errno.ENOENT && error != Errno.ENOTDIR)
            throw new ProgramRefusedException(program, $"{path}: {error}");
        if (!isThere || !status.IsRegular || (status.Mode & ExecuteBits) == 0)
            return null;
        return fault is null || LibC.GetUserId() != 0
            ? new TrustedProgram(BytePath.FromText(path), new BytePath(file))
            : throw new ProgramRefusedException(program, fault.ToString());
    }

    private static string FindHome()
    {
        string user = LibC.GetUserId().ToString(System.Globalization.CultureInfo.InvariantCulture);
        BoundedFile.TryRead("/etc/passwd"u8, MostAccountBytes, out byte[] accounts, out _);
        return Encoding.UTF8.GetString(accounts).Split('\n').Select(static line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length > 5 && fields[2] == user && fields[5].StartsWith('/'))?[5] ?? "/";
    }
}
