using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli;

/// <summary>The options that say what is diagnosed: a running host, a snapshot, or files.</summary>
internal static class SourceArguments
{
    private static readonly Option<string?> s_dataRoot = Path("--data-root", "The engine's root directory; without it the configured one.", "DIR");
    private static readonly Option<string?> s_hostRoot = Path("--host-root", "The host's root directory, or a copy of its configuration files.", "DIR");
    private static readonly Option<string?> s_snapshot = Path("--snapshot", "A captured snapshot.", "FILE");
    private static readonly Option<string?> s_previous = Path("--previous", "An earlier snapshot of the same host, for what shows only in a change.", "FILE");
    private static readonly Option<string?> s_mountInfo = Path("--mountinfo", "A saved mountinfo file.", "FILE");
    private static readonly Option<string[]> s_stores = new("--store")
    {
        Description = "The stores to look at on the host, in the place of those that are found (repeatable); or a copy of Docker's root directory, or a recorded one (JSON, may be gzip).",
        HelpName = $"{StoreArguments.Kinds}=PATH|DIR|FILE",
    };
    private static readonly Option<string?> s_engineInfo = Path("--engine-info", "What docker info --format '{{json .}}' printed.", "FILE");
    private static readonly Option<string?> s_kernelProfile = Path("--kernel-profile", "A kernel profile.", "FILE");
    private static readonly Option<string?> s_kernelLog = Path("--kernel-log", "Lines of the kernel's log; /dev/kmsg for what it still has.", "FILE");
    private static readonly Option<string?> s_engineLog = Path("--engine-log", "Lines of the engine's log.", "FILE");
    private static readonly Option<int?> s_engine = MountTableArguments.CreatePidOption("--engine-pid", "The engine's process id; without it that of /var/run/docker.pid, if it is root's own in the host's namespaces.", "PID");

    private static readonly Option<bool> s_scanUppers = new("--scan-uppers") { Description = "Look through the files of every container's layer." };

    /// <summary>The options that name files to put a snapshot together from.</summary>
    private static readonly ImmutableArray<Option<string?>> s_files = [s_mountInfo, s_engineInfo, s_kernelProfile];

    /// <summary>Logs go with files, with a running host, and alone.</summary>
    private static readonly ImmutableArray<Option<string?>> s_logs = [s_kernelLog, s_engineLog];

    private static readonly ImmutableArray<Option> s_all =
        [s_dataRoot, s_hostRoot, s_snapshot, s_previous, s_mountInfo, s_stores, s_engineInfo, s_kernelProfile, s_kernelLog, s_engineLog, s_engine, s_scanUppers];

    /// <summary>Gives a command the options of every source.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in s_all)
            command.Options.Add(option);
        command.Validators.Add(Check);
    }

    /// <summary>Gives a command the options of a running host.</summary>
    public static void AddHostTo(Command command)
    {
        foreach (Option option in (Option[])[s_dataRoot, s_stores, s_engine, s_scanUppers])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (!Stores(result.GetValue(s_stores)).Copies.IsEmpty)
                result.AddError($"--store wants {StoreArguments.Kinds}=PATH with an absolute path.");
        });
    }

    /// <summary>An earlier snapshot of the same host, if one is named.</summary>
    public static StorageSnapshot? LoadPrevious(ParseResult parsed) => parsed.GetValue(s_previous) is { } earlier ? Load(earlier) : null;

    private static void Check(CommandResult result)
    {
        (ImmutableArray<StoreLocation> places, ImmutableArray<string> copies) = Stores(result.GetValue(s_stores));
        bool hasFiles = copies.Length > 0 || s_files.Any(option => result.GetResult(option) is not null);
        bool hasLogs = s_logs.Any(option => result.GetResult(option) is not null);
        if (copies.Any(StoreArguments.IsBroken))
            result.AddError("--store wants a path behind the kind.");
        if (result.GetResult(s_hostRoot) is not null && (result.GetValue(s_stores) ?? []).Any(StoreArguments.IsRelative))
            result.AddError("Beside --host-root, --store wants the absolute path that the store has on that host.");
        if (copies.Any(copy => copy.Length == 0))
            result.AddError("--store was given an empty path.");
        if (copies.Length > 1 || (places.Length > 0 && hasFiles))
            result.AddError($"Give --store one copy for files, or places ({StoreArguments.Kinds}=PATH) for a running host.");
        if (result.GetResult(s_snapshot) is not null && (hasFiles || hasLogs || places.Length > 0 || result.GetResult(s_dataRoot) is not null || result.GetResult(s_hostRoot) is not null))
            result.AddError("--snapshot goes without other sources.");
        if (result.GetResult(s_engine) is not null && (hasFiles || result.GetResult(s_snapshot) is not null))
            result.AddError("--engine-pid is for a running host.");
        if (result.GetValue(s_scanUppers) && (hasFiles || result.GetResult(s_snapshot) is not null))
            result.AddError("--scan-uppers is for a running host.");
    }

    /// <summary>Captures or loads what the options name.</summary>
    public static async Task<StorageSnapshot> TakeAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(s_snapshot) is { } file)
            return Load(file);
        (ImmutableArray<StoreLocation> places, ImmutableArray<string> copies) = Stores(parsed.GetValue(s_stores));
        bool hasLogs = s_logs.Any(option => parsed.GetValue(option) is not null);
        string hostRoot = System.IO.Path.GetFullPath(parsed.GetValue(s_hostRoot) ?? "/");
        if (copies.Length > 0 || s_files.Any(option => parsed.GetValue(option) is not null) || (hasLogs && !IsOfHost(parsed, hostRoot, places)))
            return FromFiles(parsed, copies.FirstOrDefault(), cancellationToken);

        if (!Directory.Exists(hostRoot))
            throw new InputException($"{hostRoot} is no directory.");
        StorageSnapshot snapshot = await StorageSnapshot.CaptureAsync(HostOptions(parsed, BytePath.FromText(hostRoot)), cancellationToken);
        if (!hasLogs)
            return snapshot;
        StorageSnapshot logs = StorageSnapshot.FromFiles(new SnapshotFiles { KernelLog = ToPath(parsed.GetValue(s_kernelLog)), EngineLog = ToPath(parsed.GetValue(s_engineLog)) }, cancellationToken);
        Require(logs.Log);
        return snapshot with { Log = logs.Log };
    }

    /// <summary>Whether logs are read beside a running host: one that is named, by its root directory or by what is looked at there. Alone they may be of any host.</summary>
    private static bool IsOfHost(ParseResult parsed, string hostRoot, ImmutableArray<StoreLocation> places) =>
        places.Length > 0 || parsed.GetValue(s_engine) is not null || parsed.GetValue(s_scanUppers)
        || (parsed.GetValue(s_hostRoot) is not null && File.Exists($"{hostRoot.TrimEnd('/')}/proc/1/mountinfo"));

    /// <summary>How a running host is captured.</summary>
    public static SnapshotOptions HostOptions(ParseResult parsed, BytePath hostRoot)
    {
        string? dataRoot = parsed.GetValue(s_dataRoot);
        if (dataRoot?.StartsWith('/') == false)
            throw new InputException("--data-root wants an absolute path.");
        return new SnapshotOptions
        {
            HostRoot = hostRoot,
            DataRoot = ToPath(dataRoot),
            Stores = Stores(parsed.GetValue(s_stores)).Places,
            EngineProcessId = parsed.GetValue(s_engine),
            AllNamespaces = true,
            ScanUppers = parsed.GetValue(s_scanUppers),
        };
    }

    /// <summary>Without a copy of its own, the store is read where the data root is, below the host root.</summary>
    private static StorageSnapshot FromFiles(ParseResult parsed, string? copy, CancellationToken cancellationToken)
    {
        string? dataRoot = parsed.GetValue(s_dataRoot);
        string? store = copy ?? (dataRoot is null ? null : (parsed.GetValue(s_hostRoot)?.TrimEnd('/') ?? "") + dataRoot);
        StorageSnapshot snapshot = StorageSnapshot.FromFiles(
            new SnapshotFiles
            {
                MountInfo = ToPath(parsed.GetValue(s_mountInfo)),
                Store = ToPath(store),
                DataRoot = ToPath(dataRoot),
                Configuration = ToPath(parsed.GetValue(s_hostRoot)),
                EngineInfo = ToPath(parsed.GetValue(s_engineInfo)),
                KernelProfile = ToPath(parsed.GetValue(s_kernelProfile)),
                KernelLog = ToPath(parsed.GetValue(s_kernelLog)),
                EngineLog = ToPath(parsed.GetValue(s_engineLog)),
            },
            cancellationToken);

        // What somebody named and cannot be read is his mistake, and no state of the host.
        Require(snapshot.Mounts);
        Require(snapshot.Stores);
        Require(snapshot.Configuration);
        Require(snapshot.Engine);
        Require(snapshot.Kernel);
        Require(snapshot.Log);
        return snapshot;
    }

    private static void Require<T>(SnapshotPart<T> part)
        where T : notnull
    {
        if (part.Status == SnapshotPartStatus.Failed)
            throw new InputException(part.Reason);
    }

    private static StorageSnapshot Load(string file)
    {
        try
        {
            using FileStream stream = InputFile.Open(BytePath.FromText(file));
            return StorageSnapshot.Load(stream);
        }
        catch (InputFileException e)
        {
            throw new InputException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SnapshotFormatException or ArgumentException)
        {
            throw new InputException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>The places on the host, and the copies.</summary>
    private static (ImmutableArray<StoreLocation> Places, ImmutableArray<string> Copies) Stores(string[]? arguments) =>
        ([.. (arguments ?? []).Select(StoreArguments.Parse).OfType<StoreLocation>()], [.. (arguments ?? []).Where(argument => StoreArguments.Parse(argument) is null)]);

    private static BytePath ToPath(string? path) => path is null ? default : BytePath.FromText(path);

    private static Option<string?> Path(string name, string description, string help)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is "")
                result.AddError($"{name} was given an empty path.");
        });
        return option;
    }
}
