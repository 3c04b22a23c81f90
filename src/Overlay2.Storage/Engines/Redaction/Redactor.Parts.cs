using System.Buffers;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Redaction;

// What the stores of several engines are made of.
internal sealed partial class Redactor
{
    private static readonly SearchValues<char> s_version = SearchValues.Create("0123456789.");

    /// <summary>What stands in the place of words for a person: they can hold anything.</summary>
    public const string LeftOut = "left out by the redaction";

    /// <summary>Names, in the order of the new ones.</summary>
    public List<ByteString> Names(IEnumerable<ByteString> names) => [.. names.Select(Name).Order()];

    /// <summary>Why something could not be read: the kernel's word (<c>ENOENT</c>) or nothing stays.</summary>
    public static string Reason(string reason) => reason.Length == 0 || Errno.IsName(reason) ? reason : LeftOut;

    /// <summary>A version as far as it is one of digits and dots; what follows is text.</summary>
    public string Version(string version)
    {
        int end = version.AsSpan().IndexOfAnyExcept(s_version);
        return end < 0 ? version : version[..end] + Text(version[end..]);
    }

    public StoreProblem Problem(StoreProblem problem) => new(Path(problem.Path), problem.Operation, problem.Reason, Reason(problem.Detail));

    public StoreFile File(StoreFile file) => new()
    {
        State = file.State,
        Content = Text(file.Content),
        Problem = file.Problem is { } problem ? Problem(problem) : null,
    };

    public StoreQuarantine Quarantine(StoreQuarantine quarantine) => new()
    {
        Type = quarantine.Type,
        ModifiedAt = quarantine.ModifiedAt,
        Entries = [.. quarantine.Entries.Select(entry => new QuarantinedEntry(Name(entry.Name), entry.Type) { Inode = entry.Inode, ModifiedAt = entry.ModifiedAt }).OrderBy(entry => entry.Name)],
    };

    public static DriverHomeStatus Home(DriverHomeStatus home) => new()
    {
        Type = home.Type,
        MountId = home.MountId,
        Inode = home.Inode,
        DeviceMajor = home.DeviceMajor,
        DeviceMinor = home.DeviceMinor,
    };

    public static WorkDirectoryContent Work(WorkDirectoryContent content) => new()
    {
        Leftovers = content.Leftovers,
        Depth = content.Depth,
        HasVolatileMarker = content.HasVolatileMarker,
        VolatileMarkedAt = content.VolatileMarkedAt,
    };
}
