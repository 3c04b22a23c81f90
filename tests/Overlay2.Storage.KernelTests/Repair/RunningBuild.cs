using System.Diagnostics;
using System.Text.RegularExpressions;
using Overlay2.Storage.KernelTests.Engine;

namespace Overlay2.Storage.KernelTests.Repair;

/// <summary>A build by BuildKit that waits in the middle of a step, so that its layers are in no image yet.</summary>
internal sealed partial class RunningBuild : IDisposable
{
    public const string Name = "o2-store-built:1";

    private const string Wait = "while [ ! -e /overlay2-go ]; do sleep 0.1; done";
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _context = Directory.CreateTempSubdirectory("o2b-").FullName;
    private readonly Process _process;
    private string _step = "";

    public RunningBuild(LiveEngine engine, string image)
    {
        File.WriteAllText($"{_context}/Dockerfile", $"FROM {image}\nRUN echo before > /before\nRUN {Wait}; rm /overlay2-go; echo built > /built\n");
        // The client of the engine's own package has BuildKit built in; others need a component for it.
        var start = new ProcessStartInfo(File.Exists("/usr/bin/docker") ? "/usr/bin/docker" : "docker") { UseShellExecute = false, RedirectStandardError = true, Environment = { ["DOCKER_BUILDKIT"] = "1" } };
        foreach (string argument in (string[])[.. engine.Client[1..], "build", "--network", "none", "-t", Name, _context])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
    }

    /// <summary>Waits until the step runs.</summary>
    /// <param name="home">The driver home, as this process can reach it.</param>
    /// <returns>The layers that BuildKit has in the driver home.</returns>
    public string[] WaitForLayers(string home)
    {
        long start = Stopwatch.GetTimestamp();
        while (_step.Length == 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_limit && !_process.HasExited, _process.HasExited ? _process.StandardError.ReadToEnd() : "the build does not come to its step");
            Thread.Sleep(100);
            _step = Directory.EnumerateDirectories("/proc").FirstOrDefault(IsStep) ?? "";
        }

        return [.. Directory.GetDirectories(home).Select(path => Path.GetFileName(path)).Where(name => BuildLayer().IsMatch(name))];
    }

    public void Finish()
    {
        File.WriteAllText($"{_step}/root/overlay2-go", "");
        string error = _process.StandardError.ReadToEnd();
        Assert.True(_process.WaitForExit(s_limit) && _process.ExitCode == 0, error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        Directory.Delete(_context, recursive: true);
    }

    private static bool IsStep(string process)
    {
        try
        {
            string[] words = File.ReadAllText($"{process}/cmdline").Split('\0');
            return words.Length > 2 && words[0] == "/bin/sh" && words[1] == "-c" && words[2].StartsWith(Wait, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[0-9a-z]{25}$")]
    private static partial Regex BuildLayer();
}
