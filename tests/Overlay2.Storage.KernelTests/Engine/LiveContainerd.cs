using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>A containerd for tests: own mount and process namespaces, root and state directories on tmpfs, no network, no CRI.</summary>
/// <remarks>Its processes end with it, whatever happens. Its mounts are seen from here through <see cref="Root"/>.</remarks>
internal sealed class LiveContainerd : IDisposable
{
    public const string DataRoot = "/var/lib/containerd";
    public const string DriverHome = DataRoot + "/io.containerd.snapshotter.v1.overlayfs";
    public const string State = "/run/containerd";
    public const string Namespace = "t";
    public const string Image = "docker.io/library/o2-app:1";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs as the first process of the namespaces: $1 is the scratch directory.</summary>
    private const string Start = """
        mkdir -p /var/lib/containerd /run/containerd && mount -t tmpfs -o mode=711,size=256m overlay2-containerd /var/lib/containerd && mount -t tmpfs -o mode=711 overlay2-state /run/containerd || exit 1
        printf 'version = 2\nroot = "/var/lib/containerd"\nstate = "/run/containerd"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' > "$1/config.toml"
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        containerd --config "$1/config.toml" --address "$1/containerd.sock" > "$1/log" 2>&1 &
        echo $! > "$1/pid"
        echo started
        read line
        kill $!; wait $!
        """;

    private readonly string _scratch;
    private readonly Process _namespaces;
    private readonly Process _parameters;

    private LiveContainerd(string scratch, Process parameters)
    {
        _scratch = scratch;
        _parameters = parameters;
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private", "sh", "-c", Start, "containerd", scratch])
            start.ArgumentList.Add(argument);
        _namespaces = Process.Start(start)!;
    }

    /// <summary>The process number of containerd.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The root directory of containerd as this process can reach it, whatever its mount namespace.</summary>
    public string Root => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/root");

    /// <summary>Starts a containerd with an image of two layers; skips the test, with the reason, where none can run.</summary>
    public static LiveContainerd Run()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test runs containerd.");
        foreach (string tool in (string[])["containerd", "ctr", "runc", "busybox", "unshare", "nsenter", "flock"])
            Assert.SkipUnless(ToolRun.IsInstalled(tool), $"{tool} is not installed.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");

        string scratch = Directory.CreateTempSubdirectory("o2c-").FullName;
        var engine = new LiveContainerd(scratch, MountOptions.ModuleParameters.Share());
        try
        {
            engine.WaitUntilReady();
            engine.ImportImage();
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Runs the client in the tests' namespace; a failure of the command is one of the test.</summary>
    /// <returns>What it wrote.</returns>
    public string Ctr(params string[] arguments)
    {
        ToolRun run = TryCtr(arguments);
        Assert.True(run.ExitCode == 0, $"{run.Error} ({run.ExitCode}): ctr {string.Join(' ', arguments)}");
        return run.Output;
    }

    /// <summary>Runs the client in the tests' namespace; it mounts snapshots itself, so it sees the mounts that containerd sees.</summary>
    public ToolRun TryCtr(params string[] arguments)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/ns");
        return ToolRun.Of("nsenter", [$"--mount={process}/mnt", $"--pid={process}/pid", "ctr", "-a", $"{_scratch}/containerd.sock", "-n", Namespace, .. arguments]);
    }

    /// <summary>Starts a container that sleeps.</summary>
    public void RunContainer(string name, params string[] options) => Ctr(["run", "-d", .. options, Image, name]);

    /// <summary>Ends a container's task; the container stays.</summary>
    public void Stop(string name) => TryCtr("tasks", "rm", "-f", name);

    /// <summary>Removes a container, its task and its snapshot.</summary>
    public void Remove(string name)
    {
        Stop(name);
        Ctr("containers", "rm", name);
        WaitForCollection();
    }

    /// <summary>Removes snapshots, those on others first.</summary>
    public void RemoveSnapshots(params string[] keys)
    {
        Ctr(["snapshots", "rm", .. keys]);
        WaitForCollection();
    }

    /// <summary>After a removal containerd collects garbage: waits until nothing has changed for a while.</summary>
    public void WaitForCollection()
    {
        string before = "";
        for (int i = 0; i < 50; i++)
        {
            string now = ToolRun.Of("sh", ["-c", "cd $1 && ls snapshots && stat -c %y metadata.db ../io.containerd.metadata.v1.bolt/meta.db", "look", Root + DriverHome]).Output;
            if (now == before)
                return;
            before = now;
            Thread.Sleep(250);
        }
    }

    /// <summary>The number of a snapshot's directory, as the mount that containerd would make names it.</summary>
    public string DirectoryOf(string key)
    {
        string mount = Ctr("snapshots", "mounts", "/mnt", key);
        int start = mount.IndexOf("upperdir=", StringComparison.Ordinal);
        return mount[start..].Split("/snapshots/")[1].Split('/')[0];
    }

    /// <summary>The options of the mount that containerd would make of a snapshot.</summary>
    public string MountOptionsOf(string key) => Ctr("snapshots", "mounts", "/mnt", key).Split(" -o ")[1].Trim();

    /// <summary>Runs a command in containerd's namespaces.</summary>
    public void Enter(string command)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/ns");
        ToolRun run = ToolRun.Of("nsenter", [$"--mount={process}/mnt", $"--pid={process}/pid", "sh", "-c", command]);
        Assert.True(run.ExitCode == 0, $"{command}: {run.Error}");
    }

    /// <summary>Runs a script with the directory of snapshots as its first argument.</summary>
    public void Shell(string script, params string[] arguments)
    {
        ToolRun run = ToolRun.Of("sh", ["-c", script, "damage", $"{Root}{DriverHome}/snapshots", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{script}: {run.Error}");
    }

    public void Dispose()
    {
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

    private void WaitUntilReady()
    {
        Assert.SkipUnless(_namespaces.StandardOutput.ReadLine() == "started", "Cannot make the namespaces and mounts of a containerd here.");
        ProcessId = HostProcess.Find(_namespaces.Id, int.Parse(File.ReadAllText(_scratch + "/pid"), CultureInfo.InvariantCulture));
        long start = Stopwatch.GetTimestamp();
        while (TryCtr("version").ExitCode != 0)
        {
            bool hasEnded = !File.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/stat"));
            Assert.SkipWhen(hasEnded || Stopwatch.GetElapsedTime(start) > s_startLimit, $"containerd does not start here: {File.ReadAllText(_scratch + "/log").TrimEnd('\n').Split('\n')[^1]}");
            Thread.Sleep(50);
        }
    }

    /// <summary>An image in the form of <c>docker save</c>: a static busybox, and a layer on it.</summary>
    private void ImportImage()
    {
        string image = Directory.CreateDirectory($"{_scratch}/image").FullName;
        const string Make = """
            cd "$1" && mkdir -p one/bin one/etc one/proc one/sys one/dev one/tmp two && cp "$(command -v busybox)" one/bin/busybox && ln -s busybox one/bin/sh && ln -s busybox one/bin/sleep &&
            echo 'root:x:0:0:root:/:/bin/sh' > one/etc/passwd && echo 2 > two/two && tar -C one -cf one.tar . && tar -C two -cf two.tar . && rm -r one two
            """;
        Assert.Equal(0, ToolRun.Of("sh", ["-c", Make, "image", image]).ExitCode);
        string layers = string.Join(',', ((string[])["one", "two"]).Select(name => $"\"sha256:{Digest(File.ReadAllBytes($"{image}/{name}.tar"))}\""));
        string configuration = $$$"""{"architecture":"{{{Architecture}}}","os":"linux","config":{"Cmd":["/bin/sleep","36000"],"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":[{{{layers}}}]}}""";
        File.WriteAllText($"{image}/config.json", configuration);
        File.WriteAllText($"{image}/manifest.json", $$"""[{"Config":"config.json","RepoTags":["{{Image}}"],"Layers":["one.tar","two.tar"]}]""");
        Assert.Equal(0, ToolRun.Of("tar", ["-C", image, "-cf", $"{_scratch}/image.tar", "manifest.json", "config.json", "one.tar", "two.tar"]).ExitCode);
        Ctr("images", "import", $"{_scratch}/image.tar");
    }

    private static string Architecture => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
