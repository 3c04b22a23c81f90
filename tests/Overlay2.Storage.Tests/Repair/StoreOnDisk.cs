using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Stores;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>A copy of a recorded store on disk, damaged and repaired by a plan on this machine.</summary>
internal sealed class StoreOnDisk : IDisposable
{
    private readonly TemporaryTree _scratch = new();
    private int _journals;

    public StoreOnDisk(string state = "healthy-stopped")
    {
        _scratch.WithDirectory("docker").WithRecorded(DockerRootCorpus.ReadTree(state), "docker");

        // The copy has not the modes of the record; this one the engine makes so.
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(_scratch["docker/overlay2/l"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Root => _scratch["docker"];

    public LinuxHost Host => new(Options);

    /// <summary>The same, with something that happens before each removal of a purge.</summary>
    public LinuxHost HostThat(Action<ByteString> atRemoval) => new(Options) { PurgeCheckpoint = atRemoval };

    private SnapshotOptions Options => new() { DataRoot = BytePath.FromText(Root) };

    public void Dispose() => _scratch.Dispose();

    public async Task<DiagnosisReport> Diagnose() => new StorageDiagnoser().Diagnose(
        await StorageSnapshot.CaptureAsync(Options, TestContext.Current.CancellationToken), cancellationToken: TestContext.Current.CancellationToken);

    public async Task<RepairPlan> Plan(RepairPolicy? policy = null)
    {
        // What else this machine has is not the matter here.
        policy ??= RepairPolicy.Default;
        return RepairPlanner.Plan(await Diagnose(), policy with { Only = policy.Only.IsEmpty ? [.. FindingCatalogue.All.Select(descriptor => descriptor.Id).Where(id => id.StartsWith("OVL01", StringComparison.Ordinal)), "OVL0011", "OVL0209"] : policy.Only });
    }

    public BytePath NextJournal() => BytePath.FromText(_scratch[$"journal-{++_journals}"]);

    /// <summary>Everything below the root: names, types, modes, owners, contents and targets.</summary>
    public string[] Listing()
    {
        List<string> lines = [];
        foreach (FileSystemInfo entry in new DirectoryInfo(Root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false }))
        {
            string name = Path.GetRelativePath(Root, entry.FullName);
            lines.Add(entry.LinkTarget is { } target ? $"{name} -> {target}"
                : entry is DirectoryInfo ? $"{name}/ {entry.UnixFileMode}"
                : (entry.Attributes & FileAttributes.Device) != 0 || entry is FileInfo { Length: 0 } ? $"{name} {entry.UnixFileMode}"
                : $"{name} {entry.UnixFileMode} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(entry.FullName)))}");
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
