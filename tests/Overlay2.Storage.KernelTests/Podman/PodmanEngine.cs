using System.Diagnostics;
using System.Globalization;
using Overlay2.Storage.KernelTests.Engine;

namespace Overlay2.Storage.KernelTests.Podman;

/// <summary>Podman with privileges, for tests: own mount and process namespaces, its directories on a tmpfs at their usual places, no network.</summary>
/// <remarks>Its processes and mounts end with it. There is no daemon: each command is a process in the namespaces.</remarks>
internal sealed class PodmanEngine : IDisposable
{
    /// <summary>Where the store is, in the mount namespace.</summary>
    public const string StorageRoot = "/var/lib/containers/storage";

    /// <summary>Runs as the first process of the namespaces.</summary>
    private const string Start = """
        mkdir -p /var/lib/containers /run/containers /run/libpod || exit 1
        mount -t tmpfs -o mode=755,size=128m overlay2-podman /var/lib/containers && mount -t tmpfs tmpfs /run/containers && mount -t tmpfs tmpfs /run/libpod || exit 1
        mkdir -p /var/lib/containers/storage
        echo started
        read line
        """;

    private readonly string _scratch;
    private readonly Process _namespaces;
    private readonly Process _parameters;

    private PodmanEngine(string scratch, Process parameters)
    {
        _scratch = scratch;
        _parameters = parameters;
        string[] arguments = ["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private", "sh", "-c", Start];
        _namespaces = Process.Start(new ProcessStartInfo("unshare", arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    /// <summary>The first process of the namespaces, as a number of this process's.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The root directory as Podman sees it.</summary>
    public string Root => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/root");

    /// <summary>Starts the namespaces, and makes an image of two layers; skips the test, with the reason, where Podman cannot run.</summary>
    public static PodmanEngine Run()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test runs Podman.");
        foreach (string tool in (string[])["podman", "conmon", "busybox", "unshare", "nsenter", "flock"])
            Assert.SkipUnless(ToolRun.IsInstalled(tool), $"{tool} is not installed.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");

        var engine = new PodmanEngine(Directory.CreateTempSubdirectory("o2p-").FullName, MountOptions.ModuleParameters.Share());
        try
        {
            engine.Prepare();
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Runs Podman; a failure of the command is one of the test.</summary>
    /// <returns>What it wrote, without the last newline.</returns>
    public string Podman(params string[] arguments)
    {
        ToolRun run = TryPodman(arguments);
        Assert.True(run.ExitCode == 0, $"podman {string.Join(' ', arguments)}: {run.ExitCode} {run.Error}");
        return run.Output.TrimEnd('\n');
    }

    /// <summary>Runs Podman.</summary>
    public ToolRun TryPodman(params string[] arguments) => TryEnter("podman", ["--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", .. arguments]);

    /// <summary>Makes a container of the image with two layers, without network; options come first.</summary>
    public string RunContainer(params string[] options) => Podman(
        ["run", "--pull", "never", "--network", "none", "--log-driver", "k8s-file", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096", .. options]);

    /// <summary>Runs a command of the shell in the namespaces.</summary>
    public void Enter(string command, params string[] arguments)
    {
        ToolRun run = TryEnter("sh", ["-c", command, "enter", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{command}: {run.Error}");
    }

    public void Dispose()
    {
        if (ProcessId != 0 && !_namespaces.HasExited)
            TryPodman("rm", "-f", "-a", "-t", "0");
        _namespaces.StandardInput.Close();
        if (!_namespaces.WaitForExit(20_000))
            _namespaces.Kill();
        _namespaces.WaitForExit();
        _namespaces.Dispose();
        _parameters.StandardInput.Close();
        _parameters.WaitForExit();
        _parameters.Dispose();
        ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);
    }

    private ToolRun TryEnter(string program, IEnumerable<string> arguments)
    {
        string namespaces = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/ns");
        return ToolRun.Of("nsenter", [$"--mount={namespaces}/mnt", $"--pid={namespaces}/pid", program, .. arguments]);
    }

    private void Prepare()
    {
        Assert.SkipUnless(_namespaces.StandardOutput.ReadLine() == "started", "Cannot make the namespaces and mounts of Podman here.");
        ProcessId = HostProcess.Find(_namespaces.Id, 1);
        string tree = Directory.CreateDirectory($"{_scratch}/image").FullName;
        ToolRun made = ToolRun.Of("sh", ["-c", "cd \"$1\" && mkdir bin etc && cp \"$(command -v busybox)\" bin/busybox && for l in sh sleep true; do ln -s busybox bin/$l; done && echo root:x:0:0:root:/:/bin/sh > etc/passwd && tar -cf ../image.tar .", "image", tree]);
        Assert.True(made.ExitCode == 0, made.Error);
        Podman("import", "-q", $"{_scratch}/image.tar", "localhost/o2-base:1");
        ToolRun run = TryPodman("run", "--pull", "never", "--name", "o2-build", "--network", "none", "--log-driver", "k8s-file", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096", "localhost/o2-base:1", "/bin/sh", "-c", "echo 2 > /two");
        Assert.SkipUnless(run.ExitCode == 0, $"Podman runs no container here: {run.Error}");
        Podman("commit", "-q", "o2-build", "localhost/o2-app:1");
        Podman("rm", "o2-build");
    }
}
