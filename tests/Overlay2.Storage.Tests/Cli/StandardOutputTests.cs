using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Tests.Repair;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>A standard output that takes nothing: one line on the standard error and exit code 74, and nothing that was begun is left half.</summary>
[SupportedOSPlatform("linux")]
public sealed class StandardOutputTests : IDisposable
{
    /// <summary>Mounts come and go until the tool ends.</summary>
    private const string Changes = "for _ in $(seq 100); do kill -0 $! 2> /dev/null || break; mount -t tmpfs more w; sleep 0.5; umount w; sleep 0.5; done; kill $! 2> /dev/null || true";

    private readonly string _folder = Directory.CreateTempSubdirectory("overlay2-tests-").FullName;

    /// <summary>Every command with every form of its output. CASE is a folder with saved mount tables and a plan.</summary>
    public static TheoryData<string> Commands =>
    [
        "",
        "--help",
        "--version",
        "mounts",
        "mounts --tree",
        "mounts --json",
        "mounts --overlay --mountinfo CASE/none",
        "mounts --all-namespaces",
        "mounts --all-namespaces --json",
        "kernel",
        "kernel --json",
        "options check /",
        "options check / --json",
        "config",
        "config show --json",
        "config set-driver overlay2 --dry-run --root CASE",
        "config set-driver overlay2 --dry-run --root CASE --json",
        "simulate run MATRIX -",
        "simulate shell",
        "simulate shell --json",
        "diagnose --mountinfo CASE/mountinfo",
        "diagnose --mountinfo CASE/mountinfo --json",
        "diagnose --mountinfo CASE/mountinfo --markdown",
        "plan --mountinfo CASE/mountinfo",
        "plan --mountinfo CASE/mountinfo --json",
        "plan --mountinfo CASE/mountinfo --script",
        "plan --mountinfo CASE/mountinfo --markdown",
        "plan --mountinfo CASE/mountinfo --out -",
        "apply CASE/plan --dry-run",
        "apply CASE/plan --dry-run --json",
        "apply CASE/plan --yes --journal CASE/journal",
        "apply CASE/plan --yes --journal CASE/journal --json",
        "snapshot -",
        "snapshot CASE/snapshot",
        "snapshot CASE/snapshot --json",
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_says_so_and_ends_with_74(string command)
    {
        foreach (string output in (string[])["> /dev/full", "3<>pipe 4>pipe 3>&- >&4 4>&-"])
        {
            ToolRun run = Run(command, output);

            string said = Assert.Single(run.Error.TrimEnd('\n').Split('\n'), line => !line.StartsWith("overlay> ", StringComparison.Ordinal));
            Assert.Matches($"^overlay2: the output cannot be written: {(output.Contains("full", StringComparison.Ordinal) ? "No space left on device" : "Broken pipe")}(; Refused)?$", said);
            Assert.Equal(74, run.ExitCode);
        }

        Assert.Empty(Directory.GetFiles(_folder, ".overlay2-*"));
    }

    /// <summary>What needs an overlay, or mounts that come, in a mount namespace of its own.</summary>
    [Theory]
    [InlineData("predict m/f append", "")]
    [InlineData("predict m/f append --json", "")]
    [InlineData("predict m --tree chown", "")]
    [InlineData("predict m --tree chown --json", "")]
    [InlineData("watch", Changes)]
    [InlineData("watch --json", Changes)]
    [InlineData("lab self-bind", "")]
    [InlineData("lab missing-link", "")]
    public void A_command_about_live_mounts_does_so_too(string command, string meanwhile)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: it mounts.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");
        File.WriteAllText(Path.Combine(_folder, "script"), $"""
            set -e
            mkdir place; mount -t tmpfs scratch place; cd place; mkdir l u w m; echo x > l/f
            mount -t overlay overlay -o "lowerdir=$PWD/l,upperdir=$PWD/u,workdir=$PWD/w" m
            '{AppContext.BaseDirectory}overlay2' {command} > /dev/full 2> said < /dev/null &
            {meanwhile}
            wait $! || code=$?
            cat said >&2; exit "$code"
            """);
        ToolRun run = Start("unshare", "--mount", "--propagation", "private", "sh", Path.Combine(_folder, "script"));

        Assert.Equal((74, "overlay2: the output cannot be written: No space left on device"), (run.ExitCode, run.Error.TrimEnd('\n').Split('\n')[^1]));
    }

    /// <summary>Where there is nobody to tell either, the exit code still says it.</summary>
    [Theory]
    [InlineData("mounts", 74)]
    [InlineData("no-such-command", 64)]
    [InlineData("mounts --mountinfo /no/such/file", 65)]
    public void Nothing_that_can_be_said_is_no_crash(string command, int exitCode) => Assert.Equal(exitCode, Run(command, "> /dev/full 2>&1").ExitCode);

    [Fact]
    public void A_repair_that_nobody_sees_is_done_to_its_end_and_can_be_undone()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: a repair holds locks below /run.");
        using var store = new StoreOnDisk();
        new StoreDamage(store.Root).Make("several");
        string[] damaged = store.Listing();
        string plan = Path.Combine(_folder, "repair.json");
        string journal = Path.Combine(_folder, "journal");
        ToolRun planned = Tool.Run("plan", "--store", $"docker={store.Root}", "--only", "OVL0101", "OVL0102", "OVL0103", "--out", plan);
        Assert.Equal(0, planned.ExitCode);
        int steps = RepairPlan.Parse(File.ReadAllBytes(plan)).Steps.Length;
        Assert.True(steps > 1, planned.Output);

        ToolRun run = Run($"apply {plan} --store docker={store.Root} --yes --journal {journal}", "> /dev/full");

        Assert.Equal($"overlay2: the output cannot be written: No space left on device; Succeeded, journal {journal}\n", run.Error);
        Assert.Equal(74, run.ExitCode);
        Assert.Equal(steps, File.ReadLines(Path.Combine(journal, "journal.jsonl")).Count(line => line.Contains("\"Done\"", StringComparison.Ordinal)));
        Assert.NotEqual(damaged, store.Listing());
        ToolRun back = Run($"rollback {journal} --store docker={store.Root} --yes", "3<>pipe 4>pipe 3>&- >&4 4>&-");
        Assert.Equal($"overlay2: the output cannot be written: Broken pipe; RolledBack, journal {journal}\n", back.Error);
        Assert.Equal(damaged, store.Listing());
    }

    private ToolRun Run(string command, string output)
    {
        const string Overlay = "9 1 0:9 / /m rw - overlay overlay rw,lowerdir=l\n";
        File.WriteAllText(Path.Combine(_folder, "none"), "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
        File.WriteAllText(Path.Combine(_folder, "mountinfo"), $"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n{Overlay}");
        File.WriteAllBytes(Path.Combine(_folder, "plan"), RepairExamples.PlanOf(RepairExamples.StepOf(RepairExamples.Actions[0].Good)).ToJson());

        string words = command.Replace("CASE", _folder, StringComparison.Ordinal).Replace("MATRIX", Repository.Data("kernel", "6.18.44", "mount-matrix.jsonl.gz"), StringComparison.Ordinal);

        // A pipe with an end to write into and none to read from.
        return Start("sh", "-c", $"[ -p pipe ] || mkfifo pipe; '{AppContext.BaseDirectory}overlay2' {words} {output}");
    }

    private ToolRun Start(string program, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write("stat .\n");
        process.StandardInput.Close();
        string written = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, written, error.GetAwaiter().GetResult());
    }
}
