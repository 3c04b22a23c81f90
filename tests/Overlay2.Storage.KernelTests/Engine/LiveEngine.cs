using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>A Docker engine with the overlay2 driver, for tests: own mount and process namespaces, own data root on a tmpfs, no network.</summary>
/// <remarks>
/// Its processes end with it, whatever happens. Its mounts are seen from here through <see cref="Root"/>, or by code run with
/// <see cref="Inside"/>. The engine's process numbers are its own; the ones given here are those of this process.
/// </remarks>
internal sealed class LiveEngine : IDisposable
{
    /// <summary>Where the engine keeps its data, in its own mount namespace.</summary>
    public const string DataRoot = "/var/lib/docker";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs as the first process of the namespaces: $1 is the scratch directory, $2 the size of the data root, $3 its configuration, $4 words of its command line.</summary>
    private const string Start = """
        mkdir -p /var/lib/docker && mount -t tmpfs -o mode=755,size="$2" overlay2-engine /var/lib/docker || exit 1
        printf '%s' "$3" > "$1/daemon.json"
        for ids in subuid subgid; do
          [ -e "/etc/$ids" ] && echo "daemon:165536:65536" > "$1/$ids" && mount --bind "$1/$ids" "/etc/$ids"
        done
        export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        (
          while :; do
            dockerd --config-file "$1/daemon.json" --data-root /var/lib/docker --exec-root "$1/exec" --pidfile "$1/pid" \
              -H "unix://$1/docker.sock" $4 --iptables=false --ip6tables=false --bridge=none -D >> "$1/log" 2>&1
            [ -e "$1/again" ] && rm "$1/again" || break
          done
        ) &
        echo started
        read line
        [ -e "$1/pid" ] && kill "$(cat "$1/pid")"; wait $!
        """;

    private readonly string _scratch;
    private readonly Process _namespaces;
    private readonly Process? _parameters;

    private LiveEngine(string scratch, Process? parameters, string dataSize, string configuration, string words)
    {
        _scratch = scratch;
        _parameters = parameters;
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "--propagation", "private", "sh", "-c", Start, "engine", scratch, dataSize, configuration, words])
            start.ArgumentList.Add(argument);
        _namespaces = Process.Start(start)!;
    }

    /// <summary>The client of this engine and its first arguments.</summary>
    public ImmutableArray<string> Client => ["docker", "-H", $"unix://{_scratch}/docker.sock"];

    /// <summary>A program and its arguments that ends the engine and starts it again, and comes back when the old one has ended.</summary>
    public ImmutableArray<string> RestartProgram =>
        ["sh", "-c", ": > \"$1/again\"; kill \"$2\"; while kill -0 \"$2\" 2>/dev/null; do sleep 0.1; done", "restart", _scratch, ProcessId.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Ends the engine and starts it again.</summary>
    public void Restart()
    {
        ImmutableArray<string> program = RestartProgram;
        Assert.Equal(0, ToolRun.Of(program[0], [.. program[1..]]).ExitCode);
        WaitForAnswer();
    }

    /// <summary>The process number of the engine that <see cref="Run"/> or <see cref="Restart"/> started.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The root directory of the engine as this process can reach it, whatever its mount namespace.</summary>
    public string Root => string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/root");

    /// <summary>What the engine has logged.</summary>
    public string Log => File.ReadAllText(_scratch + "/log");

    /// <summary>Starts an engine; skips the test, with the reason, where none can run.</summary>
    /// <param name="dataSize">The size of the data root, in the form of mount(8): all images and containers must fit.</param>
    /// <param name="holdsParameters">Whether the caller holds the module's parameters alone.</param>
    /// <param name="configuration">The text of its <c>daemon.json</c>; the user <c>daemon</c> has subordinate ids from 165536 on.</param>
    /// <param name="words">Words of its command line.</param>
    public static LiveEngine Run(string dataSize = "256m", bool holdsParameters = false, string configuration = "{}", string words = "--storage-driver overlay2")
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test runs an engine.");
        foreach (string tool in (string[])["dockerd", "docker", "busybox", "unshare", "flock"])
            Assert.SkipUnless(ToolRun.IsInstalled(tool), $"{tool} is not installed.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");

        string scratch = Directory.CreateTempSubdirectory("o2e-").FullName;
        var engine = new LiveEngine(scratch, holdsParameters ? null : MountOptions.ModuleParameters.Share(), dataSize, configuration, words);
        try
        {
            engine.WaitUntilReady();
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Runs the client; a failure of the command is one of the test.</summary>
    /// <returns>What it wrote, without the last newline.</returns>
    public string Docker(params string[] arguments)
    {
        ToolRun run = TryDocker(arguments);
        Assert.True(run.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {run.ExitCode} {run.Error}");
        return run.Output.TrimEnd('\n');
    }

    /// <summary>Runs the client.</summary>
    public ToolRun TryDocker(params string[] arguments) => ToolRun.Of("docker", ["-H", $"unix://{_scratch}/docker.sock", .. arguments]);

    /// <summary>Makes an image of one layer with a static busybox and what <paramref name="fill"/> adds; a call for a name that exists replaces it.</summary>
    /// <param name="name">The name of the image.</param>
    /// <param name="fill">Gets the root directory of the layer, on this machine's disk.</param>
    public void MakeImage(string name, Action<string> fill)
    {
        string root = Directory.CreateDirectory($"{_scratch}/image").FullName;
        try
        {
            foreach (string folder in (string[])["bin", "etc", "proc", "sys", "dev", "tmp"])
                Directory.CreateDirectory($"{root}/{folder}");
            File.WriteAllText($"{root}/etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
            Assert.Equal(0, ToolRun.Of("sh", ["-c", "cp \"$(command -v busybox)\" \"$1/bin/busybox\" && \"$1/bin/busybox\" --install -s \"$1/bin\" && for l in \"$1\"/bin/*; do [ -L \"$l\" ] && ln -sfn busybox \"$l\"; done; true", "image", root]).ExitCode);
            fill(root);
            Assert.Equal(0, ToolRun.Of("tar", ["-C", root, "--xattrs", "-cf", $"{_scratch}/image.tar", "."]).ExitCode);
            Docker("import", $"{_scratch}/image.tar", name);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
            File.Delete($"{_scratch}/image.tar");
        }
    }

    /// <summary>Makes an image by the classic builder, without network.</summary>
    /// <param name="name">The name of the image.</param>
    /// <param name="file">The text of the Dockerfile; every RUN makes a layer.</param>
    public void Build(string name, string file)
    {
        string context = Directory.CreateDirectory($"{_scratch}/build").FullName;
        File.WriteAllText($"{context}/Dockerfile", file);
        ToolRun run = ToolRun.Of("env", ["DOCKER_BUILDKIT=0", "docker", "-H", $"unix://{_scratch}/docker.sock", "build", "-q", "--network", "none", "-t", name, context]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    /// <summary>Starts a container that sleeps.</summary>
    public EngineContainer RunContainer(string image, params string[] options)
    {
        string id = Docker(["run", "-d", "--network", "none", .. options, image, "/bin/sleep", "36000"]);
        int own = int.Parse(Docker("inspect", "-f", "{{.State.Pid}}", id), CultureInfo.InvariantCulture);
        return new EngineContainer(this, id, HostProcess.Find(_namespaces.Id, own), Docker("inspect", "-f", "{{.GraphDriver.Data.MergedDir}}", id));
    }

    /// <summary>Runs code on a thread that sees the engine's mounts as they are now; mounts made there end with it. No await inside.</summary>
    public void Inside(Action action) => NamespaceThread.Run(ProcessId, action);

    public void Dispose()
    {
        if (ProcessId != 0 && !_namespaces.HasExited)
        {
            string[] containers = TryDocker("ps", "-aq").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (containers.Length > 0)
                TryDocker(["rm", "-f", .. containers]);
        }

        _namespaces.StandardInput.Close();
        if (!_namespaces.WaitForExit(20_000))
            _namespaces.Kill();
        _namespaces.WaitForExit();
        _namespaces.Dispose();
        _parameters?.StandardInput.Close();
        _parameters?.WaitForExit();
        _parameters?.Dispose();
        ToolRun.Of("rm", ["-rf", "--one-file-system", _scratch]);
    }

    private void WaitUntilReady()
    {
        Assert.SkipUnless(_namespaces.StandardOutput.ReadLine() == "started", "Cannot make the namespaces and mounts of an engine here.");
        WaitForAnswer();
    }

    private void WaitForAnswer()
    {
        long start = Stopwatch.GetTimestamp();
        while (TryDocker("version").ExitCode != 0)
        {
            bool isSlow = Stopwatch.GetElapsedTime(start) > s_startLimit;
            bool hasEnded = File.Exists(_scratch + "/log") && Log.Split('\n').Any(static line => line.StartsWith("failed to start daemon", StringComparison.Ordinal) || line.StartsWith("unable to configure", StringComparison.Ordinal));
            Assert.SkipWhen(isSlow || hasEnded, $"dockerd does not start here: {Log.TrimEnd('\n').Split('\n')[^1]}");
            Thread.Sleep(100);
        }

        ProcessId = HostProcess.Find(_namespaces.Id, int.Parse(File.ReadAllText(_scratch + "/pid"), CultureInfo.InvariantCulture));
    }
}
