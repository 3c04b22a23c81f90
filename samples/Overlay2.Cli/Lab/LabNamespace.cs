using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Cli.Lab;

/// <summary>A process in a mount namespace of its own, on a scratch file system, in which something sound is made and then the fault of a scenario.</summary>
/// <remarks>All its mounts are in that namespace: they end with the process.</remarks>
internal abstract class LabNamespace : IDisposable
{
    private const string End = "echo ended";

    private readonly Process _process;
    private readonly string _directory = MakeDirectory();

    /// <param name="scenario">The scenario.</param>
    /// <param name="make">Lines for sh that make what is sound, and functions for the scenario's own lines; $D is the scratch file system.</param>
    protected LabNamespace(LabScenario scenario, string make)
    {
        Scenario = scenario;
        string loop = $"JOURNAL=$2; trap 'rm -rf \"$JOURNAL\"' EXIT; set -e; exec 2>&1; export LC_ALL=C; D=$1; mount -t tmpfs scratch \"$D\"\n{make}\n{End}; while read -r line; do eval \"$line\"; {End}; done; [ -z \"${{!:-}}\" ] || kill $!";
        try
        {
            string[] words = ["--mount", "--propagation", "private", TrustedProgram.Find("sh").Path.ToString(), "-c", loop, "lab", Scratch, Journal.ToString()];
            var start = new ProcessStartInfo(TrustedProgram.Find("unshare").ToString(), words)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = "/",
            };
            start.Environment.Clear();
            foreach ((string name, string value) in TrustedProgram.CreateEnvironment())
                start.Environment[name] = value;
            _process = Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or ProgramRefusedException or IOException)
        {
            Clear();
            throw new InputException($"unshare(1) cannot be started: {e.Message}", e);
        }

        try
        {
            Read();
        }
        catch (InputException)
        {
            Dispose();
            throw;
        }

        Options = new SnapshotOptions { EngineProcessId = _process.Id, DataRoot = BytePath.FromText($"{Scratch}/docker"), AllNamespaces = scenario.OtherNamespaces };
        Policy = new RepairPolicy
        {
            Only = [.. scenario.Findings],
            AllowOtherNamespaces = scenario.OtherNamespaces,
            KeepDirectory = BytePath.FromText($"{Scratch}/keep"),
        };
    }

    public BytePath Journal => BytePath.FromText($"{_directory}/journal");

    public LinuxHost Host => field ??= new LinuxHost(Options);

    public RepairPolicy Policy { get; }

    /// <summary>What <see cref="Prove"/> gives where nothing is wrong: asked for the first time before the fault is made.</summary>
    public abstract IReadOnlyList<string> Sound { get; }

    protected LabScenario Scenario { get; }

    protected string Scratch => $"{_directory}/scratch";

    /// <summary>The root directory of the namespace, from outside.</summary>
    protected string Root => string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/root");

    protected SnapshotOptions Options { get; init; }

    public static LabNamespace Open(LabScenario scenario) => scenario.Kind switch
    {
        LabKind.Store => new StoreLab(scenario),
        LabKind.Configuration => new ConfigurationLab(scenario),
        _ => new MountLab(scenario),
    };

    /// <summary>Makes the fault.</summary>
    public void Break() => Run(Scenario.Script);

    /// <summary>What the fault is in, for a person.</summary>
    public abstract IReadOnlyList<string> Show();

    /// <summary>The same in full, for comparing.</summary>
    public abstract IReadOnlyList<string> List();

    /// <summary>Tries what the fault makes fail; tells what comes out.</summary>
    public abstract IReadOnlyList<string> Prove();

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
        Clear();
    }

    /// <summary>Runs a line for sh in the namespace.</summary>
    /// <returns>What it writes.</returns>
    protected IReadOnlyList<string> Run(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return Read();
    }

    private static string MakeDirectory()
    {
        string made = "";
        try
        {
            made = Directory.CreateTempSubdirectory("overlay2-lab-").FullName;
            Directory.CreateDirectory($"{made}/scratch");
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (made.Length > 0)
                Directory.Delete(made);
            throw new InputException($"{Path.GetTempPath()}: no directory can be made in it: {e.Message}", e);
        }
    }

    /// <summary>Takes away the directory. The journal went with the shell: to remove what is in a directory takes descriptors, and there may be none.</summary>
    private void Clear()
    {
        Directory.Delete(Scratch);
        Directory.Delete(_directory);
    }

    private List<string> Read()
    {
        List<string> lines = [];
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line == "ended")
                return lines;
            lines.Add(line);
        }

        // What unshare(1) says comes before the shell, which writes everything to its output.
        lines.AddRange(_process.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        throw new InputException($"The fault cannot be made here: {string.Join("; ", lines.TakeLast(3))}");
    }
}
