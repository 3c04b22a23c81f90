using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Interop;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A quarantine with everything that layers hold, on a file system of its own in a mount namespace of its own, removed as root.</summary>
public sealed class PurgeTests : IDisposable
{
    private const int Layers = 1000;
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;
    private const uint Fifo = 0x1000;
    private const string Make = "set -e; mkdir -p \"$D\"; mount -t tmpfs scratch \"$D\"; mkdir -p \"$D/docker/overlay2/l\" \"$D/docker/overlay2-quarantine\" \"$D/outside/deep\"; echo kept > \"$D/outside/deep/kept\"";

    private static readonly RepairPolicy s_policy = new() { Only = ImmutableSortedSet.Create(StringComparer.Ordinal, "OVL0116"), MaxRisk = RepairRisk.R4 };

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-purge-").FullName;
    private readonly Process _process;
    private int _journals;

    public PurgeTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        _process = NamespaceProcess.Start($"D={_directory}/scratch\n{Make}");
        Host = new LinuxHost(new SnapshotOptions { EngineProcessId = _process.Id, DataRoot = BytePath.FromText($"{_directory}/scratch/docker"), AllNamespaces = true });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private LinuxHost Host { get; }

    /// <summary>The scratch directory, seen from here.</summary>
    private string Scratch => string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/root{_directory}/scratch");

    private string Quarantine => $"{Scratch}/docker/overlay2-quarantine";

    private string[] Left => [.. Directory.GetFileSystemEntries(Quarantine).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        if (_process is null)
            return;
        NamespaceProcess.End(_process);
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_thousand_layers_go_and_what_their_links_lead_to_stays()
    {
        for (int i = 0; i < Layers; i++)
            MakeLayer(string.Create(CultureInfo.InvariantCulture, $"{i:x64}"), i);
        Age();
        RepairPlan plan = await Plan();
        Assert.Equal(Layers, plan.Steps.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"plan: {plan.ToJson().Length} bytes");

        long start = Stopwatch.GetTimestamp();
        RepairOutcome outcome = await new RepairExecutor(Host).ApplyAsync(plan, NextJournal(), cancellationToken: Token);
        TestContext.Current.TestOutputHelper?.WriteLine($"applied in {Stopwatch.GetElapsedTime(start)}");

        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(Left);
        Assert.Equal("kept\n", File.ReadAllText($"{Scratch}/outside/deep/kept"));
        Assert.True(Directory.Exists($"{Scratch}/docker/overlay2/l"));
    }

    [Theory]
    [InlineData("mount -t tmpfs inner $Q/a/diff", false)]
    [InlineData("mount --bind $Q/a/diff/f $Q/a/diff/f", false)]
    [InlineData("mkdir $D/elsewhere && mount --bind $Q/a/diff $D/elsewhere", false)]
    [InlineData("mkdir $D/up $D/w $D/m && mount -t overlay overlay -o lowerdir=$Q/a/diff,upperdir=$D/up,workdir=$D/w $D/m", false)]
    [InlineData("mount -t tmpfs inner $Q/a/diff", true)]
    [InlineData("mkdir -p $D/q && mount --bind $Q $D/q && mount -t tmpfs inner $D/q/a/diff", true)]
    public async Task What_somebody_mounts_stays(string mount, bool inOtherNamespace)
    {
        MakeLayer("a", 0);
        File.WriteAllText($"{Quarantine}/a/diff/f", "f");
        Age();
        RepairPlan plan = await Plan();
        string words = $"D={_directory}/scratch; Q=$D/docker/overlay2-quarantine; set -e; {mount}";
        using Process? other = inOtherNamespace ? StartBeside(words) : null;
        if (other is null)
            Enter(words);
        try
        {
            RepairOutcome outcome = await new RepairExecutor(Host).ApplyAsync(plan, NextJournal(), cancellationToken: Token);

            Assert.Equal(RepairOutcomeStatus.Stopped, outcome.Status);
            Assert.Contains("in use", outcome.Reason, StringComparison.Ordinal);
            Assert.True(Directory.Exists($"{Quarantine}/a/work"));
            Assert.Equal("lower\n", File.ReadAllText($"{Quarantine}/a/work/file"));
        }
        finally
        {
            if (other is not null)
                NamespaceProcess.End(other);
        }
    }

    /// <summary>Without the look at the mount tables, too: a mount can come after it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mount_ends_a_removal(bool avoidOpenAt2) => PrivateNamespace.Run(scratch =>
    {
        Directory.CreateDirectory($"{scratch}/top/mounted");
        Directory.CreateDirectory($"{scratch}/bound");
        File.WriteAllText($"{scratch}/bound/kept", "");
        foreach (string source in (string[])[$"{scratch}/bound", "none"])
        {
            Assert.Equal(default, source == "none"
                ? LibC.Mount("none"u8, Bytes($"{scratch}/top/mounted"), "tmpfs"u8, MountFlags.None, ""u8)
                : LibC.Mount(Bytes(source), Bytes($"{scratch}/top/mounted"), ""u8, MountFlags.Bind, ""u8));
            File.WriteAllText($"{scratch}/top/mounted/inside", "");
            Assert.True(LibC.TryOpen(Bytes($"{scratch}/top"), OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle top, out _));

            TreeRemovalFailure? failure = TreeRemoval.Empty(top, avoidOpenAt2: avoidOpenAt2);

            Assert.Equal("something is mounted on /top/mounted: EXDEV", LinuxEntries.Describe(BytePath.FromText("/top"), failure!));
            Assert.True(File.Exists($"{scratch}/top/mounted/inside"));
            Assert.Equal(default, LibC.Unmount(Bytes($"{scratch}/top/mounted"), UnmountFlags.NoFollow));
        }

        Assert.True(File.Exists($"{scratch}/bound/kept"));
    });

    [Theory]
    [InlineData("+i", "a/diff/1/sub/file", "/a/diff/1/sub/file is immutable")]
    [InlineData("+a", "a/diff/1/sub/file", "/a/diff/1/sub/file is append-only")]
    [InlineData("+i", "a/diff/1/sub", "/a/diff/1/sub is immutable")]
    [InlineData("+i", "a", "/a is immutable")]
    public async Task What_chattr_protects_is_named_and_the_run_goes_on_without_that(string attribute, string file, string expected)
    {
        MakeLayer("a", 1);
        Enter($"touch {_directory}/scratch/probe && chattr +i {_directory}/scratch/probe || exit 77; chattr -i {_directory}/scratch/probe; chattr {attribute} {_directory}/scratch/docker/overlay2-quarantine/{file}");
        Age();
        BytePath journal = NextJournal();

        RepairOutcome stopped = await new RepairExecutor(Host).ApplyAsync(await Plan(), journal, cancellationToken: Token);

        Assert.Equal(RepairOutcomeStatus.Stopped, stopped.Status);
        Assert.Contains(expected, stopped.Reason, StringComparison.Ordinal);
        Assert.Equal(["a"], Left);
        Enter($"chattr {attribute.Replace('+', '-')} {_directory}/scratch/docker/overlay2-quarantine/{file}");
        RepairOutcome outcome = await new RepairExecutor(Host).ResumeAsync(journal, cancellationToken: Token);
        Assert.True(outcome.Status == RepairOutcomeStatus.Succeeded, outcome.Reason);
        Assert.Empty(Left);
    }

    [Fact]
    public async Task A_quarantine_that_is_a_mount_of_its_own_is_left_alone()
    {
        Enter($"mount -t tmpfs other {_directory}/scratch/docker/overlay2-quarantine");
        MakeLayer("a", 0);
        Age();

        RepairPlan plan = await Plan(refused: true);

        Assert.Contains("a mount of its own", Assert.Single(plan.Refusals).Reason, StringComparison.Ordinal);
    }

    /// <summary>A layer as engines leave it: files, devices, whiteouts, attributes, links that lead out, and work.</summary>
    private void MakeLayer(string id, int number)
    {
        string layer = $"{Quarantine}/{id}";
        string sub = string.Create(CultureInfo.InvariantCulture, $"{layer}/diff/{number % 7}/sub");
        Directory.CreateDirectory(sub);
        Directory.CreateDirectory($"{layer}/work/work");
        File.WriteAllText($"{layer}/work/file", "lower\n");
        File.WriteAllText($"{layer}/link", "ABCDEFGHIJKLMNOPQRSTUVWXY2");
        File.WriteAllText($"{sub}/file", "x");
        TakeRights($"{sub}/file");
        File.CreateSymbolicLink($"{layer}/diff/absolute", $"{_directory}/scratch/outside");
        File.CreateSymbolicLink($"{sub}/up", "../../../../../../outside");
        File.CreateSymbolicLink($"{layer}/diff/here", $"{Scratch}/outside/deep");
        Assert.Equal(default, LibC.MakeNode(Bytes($"{sub}/whiteout"), CharacterDevice, 0));
        Assert.Equal(default, LibC.MakeNode(Bytes($"{layer}/diff/null"), CharacterDevice | 0x1B6, 0x103));
        if (number % 10 != 0)
            return;
        Assert.Equal(default, LibC.MakeNode(Bytes($"{layer}/diff/disk"), BlockDevice, 0x700));
        Assert.Equal(default, LibC.MakeNode(Bytes($"{layer}/diff/fifo"), Fifo | 0x1B6, 0));
        Assert.True(LibC.TryOpen(Bytes(sub), OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using (SafeFileHandle directory = opened)
            Assert.Equal(default, LibC.SetExtendedAttribute(directory, "trusted.overlay.opaque"u8, "y"u8));
        string deep = sub;
        for (int i = 0; i < 100; i++)
            Directory.CreateDirectory(deep += "/deeper");
        TakeRights(deep);
    }

    private static void TakeRights(string path)
    {
        Assert.True(LibC.TryOpen(Bytes(path), OpenFlags.ReadOnly, out SafeFileHandle opened, out _));
        using SafeFileHandle file = opened;
        Assert.Equal(default, LibC.ChangeMode(file, 0));
    }

    private async Task<RepairPlan> Plan(bool refused = false)
    {
        DiagnosisReport report = new StorageDiagnoser().Diagnose(await Host.CaptureAsync(Token), cancellationToken: Token);
        RepairPlan plan = RepairPlanner.Plan(report, s_policy);
        Assert.True(refused || plan.Refusals.IsEmpty, string.Join('\n', plan.Refusals));
        return plan;
    }

    private BytePath NextJournal() => BytePath.FromText($"{_directory}/journal-{++_journals}");

    private void Age() => Directory.SetLastWriteTimeUtc(Quarantine, DateTime.UtcNow.AddDays(-8));

    private void Enter(string script)
    {
        ToolRun run = ToolRun.Of("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{_process.Id}/ns/mnt"), "sh", "-c", script]);
        Assert.SkipWhen(run.ExitCode == 77, "Needs a file system with attributes of chattr.");
        Assert.True(run.ExitCode == 0, run.Output);
    }

    /// <summary>A mount namespace that begins as a copy of the store's.</summary>
    private Process StartBeside(string commands)
    {
        var start = new ProcessStartInfo("nsenter") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{_process.Id}/ns/mnt"), "unshare", "--mount", "--propagation", "private", "sh", "-c", $"{commands}\necho ready; read line"])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
