using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Scripts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A mount namespace with a driver home as an engine lays it out, two overlays in it, and a fault in its mounts.</summary>
internal sealed class FaultyNamespace : IDisposable
{
    private const string Make = """
        set -e
        export LC_ALL=C
        mkdir -p "$D"; mount -t tmpfs scratch "$D"; H="$D/docker/overlay2"; mkdir -p "$H/base/diff"; echo base > "$H/base/diff/f"
        layer() { mkdir -p "$H/$1/diff" "$H/$1/work" "$H/$1/merged"; }
        overlay() { (cd "$H" && mount -t overlay overlay -o "lowerdir=base/diff,upperdir=$1/diff,workdir=$1/work" "$1/merged"); }
        id() { printf "$1%.0s" $(seq 60); printf fa17; } # Relative paths in the mounts of another test may be of any store: no other test has such ids.
        A=$(id a); B=$(id b); C=$(id c)
        layer "$A"; layer "$B"; layer "$C"
        """;

    private static readonly Dictionary<string, string> s_faults = new(StringComparer.Ordinal)
    {
        ["self-bind"] = "overlay $A; overlay $B; mount --bind \"$H\" \"$H\"",
        ["self-bind-shared"] = "mount --make-shared \"$D\"; overlay $A; overlay $B; mount --bind \"$H\" \"$H\"",
        ["self-bind-private-on-shared"] = "mount --make-shared \"$D\"; overlay $A; overlay $B; mount --bind \"$H\" \"$H\"; mount --make-private \"$H\"",
        ["foreign"] = "overlay $A; overlay $B; mount -t tmpfs foreign \"$H\"; echo kept > \"$H/kept\"",
        ["two-covers"] = "overlay $A; overlay $B; mount -t tmpfs one \"$H\"; mount -t tmpfs two \"$H\"",
        ["self-bind-twice"] = "overlay $A; overlay $B; mount --bind \"$H\" \"$H\"; mount --bind \"$H\" \"$H\"",
        ["children-shared"] = "mount --make-shared \"$D\"; overlay $A; mount --bind \"$H\" \"$H\"; overlay $B; overlay $C",
        ["children-private"] = "overlay $A; mount --bind \"$H\" \"$H\"; overlay $B; overlay $C",
        ["stacked"] = "overlay $A; mount --bind \"$H/$A/merged\" \"$H/$A/merged\"; mount --bind \"$H/$A/merged\" \"$H/$A/merged\"",
    };

    private static readonly ImmutableSortedSet<string> s_ids = ["OVL0001", "OVL0002", "OVL0004", "OVL0009"];

    private readonly Process _process;
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-repair-").FullName;

    public FaultyNamespace(string fault, byte[]? name = null)
    {
        Scratch = BytePath.FromText(_directory).Combine(new BytePath(name ?? "scratch"u8.ToArray()));
        _process = NamespaceProcess.Start($"D={ShellScript.Quote(Scratch.Bytes)}\n{Make}\n{s_faults[fault]}");
        Host = new LinuxHost(Options);
    }

    public static IEnumerable<string> Faults => s_faults.Keys;

    public BytePath Scratch { get; }

    public LinuxHost Host { get; }

    /// <summary>Without an engine's records every overlay may be an orphan: that is not the fault here.</summary>
    public RepairPolicy Policy => new() { Only = s_ids, KeepDirectory = Scratch.Combine(BytePath.FromText("keep")) };

    public BytePath Journal(string name) => BytePath.FromText($"{_directory}/{name}");

    public StorageSnapshot Capture() => Host.CaptureAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();

    public DiagnosisReport Diagnose() => new StorageDiagnoser().Diagnose(Capture());

    /// <summary>The findings of warning or above about covers and stacks.</summary>
    public string[] Findings => [.. Diagnose().Findings.Where(finding => finding.Severity >= FindingSeverity.Warning && s_ids.Contains(finding.Id)).Select(finding => finding.Id)];

    /// <summary>What every layer's mount point shows.</summary>
    public string Read(char layer) => Shell($"cat {ShellScript.Quote(Scratch.Bytes)}/docker/overlay2/{new string(layer, 60)}fa17/merged/f").Output.Trim();

    /// <summary>The mounts without their numbers.</summary>
    public string[] Listing() => Listing(Host.Mounts.LoadMounts(0));

    public string[] Listing(MountTable table) => MountListing.Of(table, Scratch);

    /// <summary>Mounts another file system over the driver home, with directories of the same names.</summary>
    public void CoverHome() => Assert.Equal(0, Shell($"cd {Home} && set -- */merged && mount -t tmpfs late {Home} && cd {Home} && mkdir -p \"$@\"").ExitCode);

    /// <summary>Takes it away, and fails where anything is on it.</summary>
    public void UncoverHome() => Assert.Equal(0, Shell($"umount {Home}").ExitCode);

    /// <summary>The mounts as they are in any namespace with this fault.</summary>
    public string[] CommonListing() => [.. MountListing.Of(Host.Mounts.LoadMounts(0), Scratch, hasDevices: false).Select(line => line.Replace(Scratch.ToString(), "$D", StringComparison.Ordinal))];

    /// <summary>Runs a script in the namespace.</summary>
    /// <param name="script">The script.</param>
    /// <param name="shell">The shell, with its first arguments.</param>
    public ToolRun Shell(string script, string shell = "sh")
    {
        string file = $"{_directory}/script.sh";
        File.WriteAllText(file, script);
        return ToolRun.Of("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{ProcessId}/ns/mnt"), .. shell.Split(' '), file]);
    }

    public void Dispose()
    {
        NamespaceProcess.End(_process);
        Assert.Equal(0, ToolRun.Of("rm", ["-rf", "--one-file-system", _directory]).ExitCode);
    }

    private string Home => $"{ShellScript.Quote(Scratch.Bytes)}/docker/overlay2";

    private SnapshotOptions Options => new() { EngineProcessId = ProcessId, DataRoot = Scratch.Combine(BytePath.FromText("docker")) };

    public int ProcessId => _process.Id;
}
