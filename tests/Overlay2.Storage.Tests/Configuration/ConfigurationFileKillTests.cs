using System.Diagnostics;

namespace Overlay2.Storage.Tests.Configuration;

/// <summary>A process that replaces the configuration is killed while it does so: the file is the old or the new one, whole.</summary>
public sealed class ConfigurationFileKillTests : IDisposable
{
    private const int Runs = 12;
    private const string Old = "{\"debug\":true}";
    private const string New = "{\"debug\":true,\"storage-driver\":\"overlay2\"}";

    private readonly string _root = Directory.CreateTempSubdirectory("overlay2-kill-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Killed_at_any_moment_the_old_or_the_new_file_is_there()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, "etc", "docker")).FullName;
        string file = Path.Combine(folder, "daemon.json");
        int killedInside = 0;
        for (int run = 0; run < Runs; run++)
        {
            foreach (string left in Directory.GetFiles(folder))
                File.Delete(left);
            File.WriteAllText(file, Old);
            using Process process = Start();

            // The backup is the first thing to appear; the rest of the work takes well below a millisecond to a few.
            while (Directory.GetFiles(folder).Length == 1 && !process.HasExited)
                Thread.SpinWait(10);
            Thread.SpinWait(run * 4000);
            killedInside += process.HasExited ? 0 : 1;
            process.Kill();
            process.WaitForExit();

            string content = File.ReadAllText(file);
            Assert.True(content is Old or New, $"run {run}: {content}");
        }

        Assert.NotEqual(0, killedInside);
    }

    private Process Start()
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "overlay2"), ["config", "set-driver", "overlay2", "--root", _root])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
