using System.Globalization;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>A host with Docker, containerd and Podman, each with a running and a stopped container of one image: Docker's own namespaces hold them all.</summary>
internal sealed class ThreeEngines : IDisposable
{
    public const string Image = "o2-three:1";
    public const string Docker = "/var/lib/docker/overlay2";
    public const string Podman = "/var/lib/containers/storage/overlay";
    public const string Containerd = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs";

    private const string PodmanOptions = "--storage-driver overlay --cgroup-manager cgroupfs";
    private const string RunOptions = "--pull never --network none --log-driver k8s-file --ulimit nofile=1024:1024 --ulimit nproc=4096:4096";

    /// <summary>Directories of the other two on tmpfs, where they usually are, and a containerd of its own.</summary>
    private const string Prepare = """
        mkdir -p /var/lib/containerd /run/containerd /var/lib/containers /run/containers /run/libpod
        mount -t tmpfs -o mode=711,size=128m o2-containerd /var/lib/containerd && mount -t tmpfs tmpfs /run/containerd || exit 1
        mount -t tmpfs -o mode=755,size=128m o2-podman /var/lib/containers && mount -t tmpfs tmpfs /run/containers && mount -t tmpfs tmpfs /run/libpod || exit 1
        printf 'version = 2\nroot = "/var/lib/containerd"\nstate = "/run/containerd"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' > /run/containerd/config.toml
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        setsid containerd --config /run/containerd/config.toml --address /run/containerd/containerd.sock < /dev/null > /run/containerd/log 2>&1 &
        for i in $(seq 200); do ctr version > /dev/null 2>&1 && exit 0; sleep 0.05; done; cat /run/containerd/log >&2; exit 1
        """;

    private readonly LiveEngine _docker;

    private ThreeEngines(LiveEngine docker) => _docker = docker;

    /// <summary>A process that sees the mounts of all three.</summary>
    public int ProcessId => _docker.ProcessId;

    /// <summary>The root directory of the host as this process can reach it.</summary>
    public string Root => _docker.Root;

    /// <summary>Starts them; skips the test, with the reason, where one cannot run.</summary>
    public static ThreeEngines Run()
    {
        foreach (string tool in (string[])["containerd", "ctr", "podman", "conmon", "runc", "nsenter"])
            Assert.SkipUnless(ToolRun.IsInstalled(tool), $"{tool} is not installed.");
        LiveEngine docker = LiveEngine.Run();
        try
        {
            var engines = new ThreeEngines(docker);
            engines.Fill();
            return engines;
        }
        catch
        {
            docker.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command of the shell on that host.</summary>
    /// <returns>What it wrote.</returns>
    public string Enter(string command, params string[] arguments)
    {
        string namespaces = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/ns");
        ToolRun run = ToolRun.Of("nsenter", [$"--mount={namespaces}/mnt", $"--pid={namespaces}/pid", "sh", "-c", command, "enter", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{command}: {run.Error}");
        return run.Output;
    }

    public void Dispose()
    {
        try
        {
            Enter($"podman {PodmanOptions} rm -f -a -t 0; for c in $(ctr -n t tasks ls -q); do ctr -n t tasks rm -f $c; done; true");
        }
        finally
        {
            _docker.Dispose();
        }
    }

    private void Fill()
    {
        _docker.MakeImage(Image, root => File.WriteAllText($"{root}/one", "1"));
        _docker.Docker("run", "-d", "--name", "docker-running", "--network", "none", Image, "/bin/sleep", "36000");
        _docker.Docker("run", "--name", "docker-stopped", "--network", "none", Image, "/bin/true");
        Enter(Prepare);

        string folder = $"{Root}/run/containerd";
        _docker.Docker("save", "-o", $"{folder}/image.tar", Image);
        Enter($"ctr -n t images import /run/containerd/image.tar > /dev/null && ctr -n t run -d docker.io/library/{Image} ctr-running /bin/sleep 36000 && ctr -n t run -d docker.io/library/{Image} ctr-stopped /bin/sleep 36000 && ctr -n t tasks rm -f ctr-stopped");
        _docker.Docker("export", "-o", $"{folder}/tree.tar", "docker-stopped");
        Enter($"podman {PodmanOptions} import -q /run/containerd/tree.tar localhost/{Image} && podman {PodmanOptions} run -d --name podman-running {RunOptions} localhost/{Image} /bin/sleep 36000 && podman {PodmanOptions} run --name podman-stopped {RunOptions} localhost/{Image} /bin/true");
        File.Delete($"{folder}/image.tar");
        File.Delete($"{folder}/tree.tar");
    }
}
