using System.Diagnostics;

namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>A mount namespace of its own, which a process of this program keeps; its mounts end with it.</summary>
internal sealed class HeldNamespace : IDisposable
{
    private const string Ready = "ready";

    private readonly Process _process;

    private HeldNamespace(Process process) => _process = process;

    /// <summary>The process that is in it.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Makes the mounts of a scenario in a new namespace.</summary>
    /// <exception cref="CrashFailure">They cannot be made.</exception>
    public static HeldNamespace Open(string scenario, string scratch)
    {
        var start = new ProcessStartInfo("unshare", ["--mount", "--propagation", "private", Environment.ProcessPath!, "hold", scenario, scratch])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is Ready)
            return new HeldNamespace(process);
        process.Dispose();
        throw new CrashFailure($"the mounts of {scenario} cannot be made");
    }

    /// <summary>What the process in it does: says that everything is there, and waits until nobody needs it any more.</summary>
    public static void Hold()
    {
        Console.WriteLine(Ready);
        Console.In.ReadToEnd();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
