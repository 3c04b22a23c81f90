using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Lab;

/// <summary>A process in a mount namespace of its own, with a driver home as an engine lays it out and a fault in its mounts.</summary>
/// <remarks>All its mounts are in that namespace and on a scratch file system: they end with the process.</remarks>
internal sealed class LabNamespace : IDisposable
{
    private const string Make = """
        set -e
        mount -t tmpfs scratch "$D"; H="$D/docker/overlay2"; mkdir -p "$H/base/diff"; echo "data of the container" > "$H/base/diff/data"
        overlay() { mkdir -p "$H/$1/diff" "$H/$1/work" "$H/$1/merged"; mount -t overlay overlay -o "lowerdir=$H/base/diff,upperdir=$H/$1/diff,workdir=$H/$1/work" "$H/$1/merged"; }
        A=$(printf 'a%.0s' $(seq 64)); B=$(printf 'b%.0s' $(seq 64)); C=$(printf 'c%.0s' $(seq 64))
        """;

    private readonly Process _process;
    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-lab-").FullName;

    public LabNamespace(LabScenario scenario)
    {
        Directory.CreateDirectory(Scratch);
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in (string[])["--mount", "--propagation", "private", "sh", "-c", $"D=$1\n{Make}\n{scenario.Script}\necho ready; read line; [ -z \"${{!:-}}\" ] || kill $!", "lab", Scratch])
            start.ArgumentList.Add(word);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Directory.Delete(_directory, recursive: true);
            throw new InputException($"unshare(1) cannot be started: {e.Message}", e);
        }

        if (_process.StandardOutput.ReadLine() != "ready")
        {
            string error = _process.StandardError.ReadToEnd().Trim();
            Dispose();
            throw new InputException($"The fault cannot be made here: {error}");
        }

        Options = new SnapshotOptions { EngineProcessId = _process.Id, DataRoot = BytePath.FromText($"{Scratch}/docker"), AllNamespaces = scenario.OtherNamespaces };
        Host = new LinuxHost(Options);
        Policy = new RepairPolicy
        {
            Only = [.. scenario.Findings],
            AllowOtherNamespaces = scenario.OtherNamespaces,
            KeepDirectory = BytePath.FromText($"{Scratch}/keep"),
        };
    }

    public string Scratch => $"{_directory}/scratch";

    public BytePath Journal => BytePath.FromText($"{_directory}/journal");

    public SnapshotOptions Options { get; }

    public LinuxHost Host { get; }

    public RepairPolicy Policy { get; }

    /// <summary>The mounts of the lab, in the order of the table.</summary>
    public IEnumerable<(MountEntry Mount, bool IsHidden)> Mounts()
    {
        MountTable table = Host.LoadMounts(0);
        foreach (MountEntry mount in table.Entries)
        {
            if (mount.MountPoint.StartsWith(BytePath.FromText(Scratch)))
                yield return (mount, table.GetVisibility(mount).Status == MountVisibilityStatus.Hidden);
        }
    }

    /// <summary>Whether a file of the first container is seen where the engine looks for it.</summary>
    public bool SeesData => File.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/root{Scratch}/docker/overlay2/{new string('a', 64)}/merged/data"));

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
