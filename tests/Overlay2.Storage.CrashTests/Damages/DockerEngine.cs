using System.Diagnostics;
using System.Globalization;

namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>A real engine at the places of a usual one, in the namespaces of this process, with containers. It is no child of what is killed: this process
/// starts it whenever that is wished.</summary>
internal sealed class DockerEngine : IDisposable
{
    public const string DataRoot = "/var/lib/docker";

    private const string PidFile = "/run/docker.pid";
    private const string Image = "crashes:1";
    private const int MostLines = 5;

    private static readonly string[] s_containers = ["one", "two"];
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private readonly string _scratch;
    private readonly Queue<string> _log = new();
    private readonly Thread _supervisor;
    private volatile bool _isOver;

    /// <summary>Starts it, and two containers with data of their own; the second is one that the engine starts by itself.</summary>
    public DockerEngine(string scratch)
    {
        _scratch = scratch;
        Directory.CreateDirectory(DataRoot);
        Native.Mount("docker", DataRoot, "tmpfs", "size=512m");
        File.WriteAllText($"{scratch}/daemon.json", "{}");
        _supervisor = new Thread(Supervise) { IsBackground = true };
        _supervisor.Start();
        File.WriteAllText(WishFile(scratch), "");
        Await();
        MakeImage();
        foreach (string container in s_containers)
        {
            string[] restart = container == s_containers[^1] ? ["--restart", "always"] : [];
            Programs.Run("docker", ["run", "-d", "--name", container, "--network", "none", "--stop-signal", "KILL", .. restart, Image, "sleep", "36000"]);
            Programs.Run("docker", "exec", container, "sh", "-c", $"echo data of {container} > /data");
        }
    }

    public static string Home => $"{DataRoot}/overlay2";

    /// <summary>The words that name the engine's programs to the tool.</summary>
    public string[] ControlWords => ["--client", "docker", "--restart", Environment.ProcessPath!, "--restart", "restart", "--restart", _scratch];

    /// <summary>Waits until it answers.</summary>
    /// <exception cref="CrashFailure">It does not.</exception>
    public void Await()
    {
        long start = Stopwatch.GetTimestamp();
        while (!Programs.TryRun(out _, "docker", "version"))
        {
            if (Stopwatch.GetElapsedTime(start) > s_longest)
                throw new CrashFailure($"the engine does not answer: {Log}");
            Thread.Sleep(s_pause);
        }
    }

    /// <summary>Looks whether the containers run and have their data.</summary>
    /// <exception cref="CrashFailure">One does not, or lost it.</exception>
    public void CheckContainers()
    {
        Await();
        foreach (string container in s_containers)
        {
            if (!Programs.TryRun(out string runs, "docker", "inspect", "-f", "{{.State.Running}}", container) || runs.Trim() != "true")
                throw new CrashFailure($"container {container} does not run: {runs} {Log}");
            if (!Programs.TryRun(out string data, "docker", "exec", container, "cat", "/data") || data != $"data of {container}\n")
                throw new CrashFailure($"container {container} lost its data: {data} {Log}");
        }
    }

    /// <summary>The restart program itself crashes, after the engine has ended and before it is started, and its starter with it.</summary>
    public void BreakRestart(bool isBroken)
    {
        if (isBroken)
            File.WriteAllText(BreakFile(_scratch), "");
        else
            File.Delete(BreakFile(_scratch));
    }

    /// <summary>An engine that a broken restart left ended is for somebody else to start, unless the tool does.</summary>
    public static void Restart(string scratch)
    {
        if (File.Exists(PidFile))
        {
            int engine = int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);
            Programs.TryRun(out _, "kill", engine.ToString(CultureInfo.InvariantCulture));
            while (Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{engine}")))
                Thread.Sleep(s_pause);
        }

        if (File.Exists(BreakFile(scratch)))
        {
            string starter = File.ReadLines("/proc/self/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1];
            Programs.TryRun(out _, "kill", "-9", starter);
            return;
        }

        File.WriteAllText(WishFile(scratch), "");
    }

    public void Dispose()
    {
        _isOver = true;
        if (File.Exists(PidFile))
            Programs.TryRun(out _, "kill", File.ReadAllText(PidFile));
        _supervisor.Join(s_longest);
    }

    private string Log
    {
        get
        {
            lock (_log)
                return string.Join(" / ", _log);
        }
    }

    private static string WishFile(string scratch) => $"{scratch}/wish";

    private static string BreakFile(string scratch) => $"{scratch}/broken";

    private void Supervise()
    {
        while (!_isOver)
        {
            if (!File.Exists(WishFile(_scratch)))
            {
                Thread.Sleep(s_pause);
                continue;
            }

            File.Delete(WishFile(_scratch));
            var start = new ProcessStartInfo("dockerd", ["--config-file", $"{_scratch}/daemon.json", "--storage-driver", "overlay2", "--iptables=false", "--ip6tables=false", "--bridge=none"])
            {
                UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true,
            };
            using Process engine = Process.Start(start)!;
            while (engine.StandardError.ReadLine() is { } line)
                Note(line);
            engine.WaitForExit();
        }
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Enqueue(line);
            if (_log.Count > MostLines)
                _log.Dequeue();
        }
    }

    private void MakeImage()
    {
        string root = $"{_scratch}/image";
        Directory.CreateDirectory($"{root}/bin");
        Directory.CreateDirectory($"{root}/etc");
        File.Copy(Programs.Run("which", "busybox").Trim(), $"{root}/bin/busybox");
        foreach (string program in (ReadOnlySpan<string>)["sh", "cat", "sleep"])
            File.CreateSymbolicLink($"{root}/bin/{program}", "busybox");
        Programs.Run("tar", "-C", root, "-cf", $"{_scratch}/image.tar", ".");
        Programs.Run("docker", "import", $"{_scratch}/image.tar", Image);
    }
}
