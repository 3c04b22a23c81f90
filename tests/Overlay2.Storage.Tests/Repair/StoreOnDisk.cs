using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Scripts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Cli;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>A copy of a recorded store on disk, damaged and repaired by a plan on this machine.</summary>
internal sealed class StoreOnDisk : IDisposable
{
    private readonly TemporaryTree _scratch = new();
    private int _journals;
    private BytePath _place;

    public StoreOnDisk(string state = "healthy-stopped")
    {
        _scratch.WithDirectory("docker").WithRecorded(DockerRootCorpus.ReadTree(state), "docker");

        // The copy has not the modes of the record; this one the engine makes so.
        if (OperatingSystem.IsLinux())
            File.SetUnixFileMode(_scratch["docker/overlay2/l"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Where the store is made.</summary>
    public string Root => _scratch["docker"];

    public LinuxHost Host => new(Options);

    /// <summary>The same, with something that happens before each removal of a purge.</summary>
    public LinuxHost HostThat(Action<ByteString> atRemoval) => new(Options) { PurgeCheckpoint = atRemoval };

    private SnapshotOptions Options => new() { DataRoot = _place.IsEmpty ? BytePath.FromText(Root) : _place };

    public void Dispose()
    {
        if (!_place.IsEmpty)
            Shell($"rm -rf {ShellScript.Quote(_place.Bytes)}");
        _scratch.Dispose();
    }

    /// <summary>Moves the store to a name that need not be text.</summary>
    public void MoveTo(byte[] name)
    {
        BytePath place = _scratch.Path.Combine(new BytePath(name));
        Assert.Equal(0, Shell($"mv -T {ShellScript.Quote(Options.DataRoot.Bytes)} {ShellScript.Quote(place.Bytes)}").ExitCode);
        _place = place;
    }

    /// <summary>Runs a script as a person would who looks for mistakes.</summary>
    /// <param name="script">The script.</param>
    /// <param name="shell">The shell, with its first arguments.</param>
    public ToolRun Shell(string script, string shell = "sh")
    {
        string file = _scratch["script.sh"];
        File.WriteAllText(file, script);
        using Process process = Process.Start(new ProcessStartInfo(shell.Split(' ')[0], [.. shell.Split(' ')[1..], "-eu", file]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public async Task<DiagnosisReport> Diagnose() => new StorageDiagnoser().Diagnose(
        await StorageSnapshot.CaptureAsync(Options, TestContext.Current.CancellationToken), cancellationToken: TestContext.Current.CancellationToken);

    public async Task<RepairPlan> Plan(RepairPolicy? policy = null)
    {
        // What else this machine has is not the matter here.
        policy ??= RepairPolicy.Default;
        return RepairPlanner.Plan(await Diagnose(), policy with { Only = policy.Only.IsEmpty ? [.. FindingIds.All.Select(descriptor => descriptor.Id).Where(id => id.StartsWith("OVL01", StringComparison.Ordinal)), "OVL0011", "OVL0209"] : policy.Only });
    }

    public BytePath NextJournal() => LastJournal = BytePath.FromText(_scratch[$"journal-{++_journals}"]);

    public BytePath LastJournal { get; private set; }

    /// <summary>Everything below the root: names, types, modes, owners, contents, targets, and extended attributes where there is a program that shows them.</summary>
    public string[] Listing()
    {
        ToolRun run = Shell($"cd {ShellScript.Quote(Options.DataRoot.Bytes)} && find . -mindepth 1 -printf '%P %y %m %U:%G %l\\n' -type f -exec sha256sum {{}} + && if command -v getfattr > /dev/null; then find . -type f -exec getfattr -h -d -m - {{}} + | awk '/^# file: /{{ name = $3 }} !/^(# file: .*)?$/{{ print name, $0 }}'; fi");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));

        // The name comes first in the lines of sha256sum(1) too.
        return [.. run.Output.Split('\n').Select(line => line.Length > 68 && line[64..68] == "  ./" ? $"{line[68..]} {line[..64]}" : line).Order(StringComparer.Ordinal)];
    }
}
