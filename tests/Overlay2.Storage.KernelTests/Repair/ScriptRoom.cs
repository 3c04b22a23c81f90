using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.KernelTests.Engine;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Scripts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A mount namespace with a small file system of its own at a path with odd bytes: two of one test have the same paths, and nothing in common.</summary>
internal sealed class ScriptRoom : IDisposable
{
    /// <summary>Everything below the directory and in /etc: paths, types, modes, owners, targets, contents, attributes of both sorts.</summary>
    private const string List = """
        cd "$D" && { find . /etc ! -path './overlay2-img*' -printf '%p %y %m %U:%G %l\n'; find . -type f ! -path './overlay2-img*' -exec sha256sum {} +; find /etc -type f -exec sha256sum {} +
          find . \( -type f -o -type d \) -exec lsattr -d {} + 2> /dev/null; } | sort
        """;

    private readonly Process _process;
    private readonly string _directory;

    /// <param name="directory">A directory of the test.</param>
    /// <param name="setup">Commands in the file system; <c>$D</c> is its path.</param>
    /// <param name="shell">The shell that will run scripts: the mount(8) of busybox takes no path with a number sign.</param>
    public ScriptRoom(string directory, string setup, string shell = "sh")
    {
        _directory = directory;
        D = BytePath.FromText(directory).Combine(new BytePath([.. "a b'c\"d$(touch x)`e`;"u8, shell.StartsWith("busybox", StringComparison.Ordinal) ? (byte)'!' : (byte)'#', .. "\té"u8, 0xff]));
        _process = NamespaceProcess.Start($"set -e; export LC_ALL=C; D={ShellScript.Quote(D.Bytes)}; mkdir -p \"$D\"; mount -t tmpfs etc \"$D\"; cp -a /etc/alternatives \"$D\"; mount --move \"$D\" /etc; mount -t tmpfs scratch \"$D\"; (cd \"$D\"; {setup})");
        Host = new LinuxHost(new SnapshotOptions { EngineProcessId = _process.Id, DataRoot = D });
        Files = new LinuxHost(new SnapshotOptions { HostRoot = BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/root")) });
    }

    /// <summary>The shells that scripts are tried with.</summary>
    public static IEnumerable<string> Shells => ((string[])["sh", "bash", "busybox sh"]).Where(shell => ToolRun.IsInstalled(shell.Split(' ')[0]) || shell == "sh");

    public BytePath D { get; }

    /// <summary>The machine as its engine sees it.</summary>
    public LinuxHost Host { get; }

    /// <summary>The machine as the configuration is read from it.</summary>
    public LinuxHost Files { get; }

    public BytePath At(string path) => D.Combine(BytePath.FromText(path));

    public StorePlace Place(string path) => new(D, BytePath.FromText(path));

    /// <summary>The mount that a path leads to.</summary>
    public MountFingerprint Mount(string path = "")
    {
        MountTable table = Host.Mounts.LoadMounts(0);
        return MountFingerprint.Of(table.Resolve(path.Length == 0 ? D : At(path))!);
    }

    public ToolRun Shell(string script, string shell = "sh")
    {
        string file = $"{_directory}/script.sh";
        File.WriteAllText(file, script);
        return ToolRun.Of("nsenter", [string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{_process.Id}/ns/mnt"), .. shell.Split(' '), file]);
    }

    /// <summary>What is there, and the mounts.</summary>
    public string[] Listing(bool hasXattrs)
    {
        string names = hasXattrs ? "cd \"$D\" && find . ! -path './overlay2-img*' -exec getfattr -h -d -m - {} +" : ":";
        ToolRun run = Shell($"export LC_ALL=C; D={ShellScript.Quote(D.Bytes)}; {List}; {names}");
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error);
        return [.. run.Output.Split('\n'), .. MountListing.Of(Host.Mounts.LoadMounts(0), D, hasDevices: false).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "/dev/loop[0-9]+", "/dev/loop"))];
    }

    /// <summary>Ends the namespace, and all that is in it.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
            NamespaceProcess.End(_process);
    }
}
