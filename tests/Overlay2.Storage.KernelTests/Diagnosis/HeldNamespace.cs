using System.Diagnostics;
using System.Globalization;

namespace Overlay2.Storage.KernelTests.Diagnosis;

/// <summary>A process in a private copy of the engine's mount namespace, with mounts of its own; both end when disposed.</summary>
internal sealed class HeldNamespace : IDisposable
{
    private readonly Process _process;
    private bool _isEnded;

    private HeldNamespace(Process process) => _process = process;

    /// <summary>Starts a script that ends in <c>exec sleep</c>, and waits until it gets there.</summary>
    public static HeldNamespace Start(int engine, string script, params string[] arguments)
    {
        string[] command = [$"--mount=/proc/{engine.ToString(CultureInfo.InvariantCulture)}/ns/mnt", "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "held", .. arguments];
        Process process = Process.Start(new ProcessStartInfo("nsenter", command) { UseShellExecute = false })!;
        string name = string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/comm");
        for (int i = 0; i < 500 && !process.HasExited && File.ReadAllText(name) != "sleep\n"; i++)
            Thread.Sleep(20);
        Assert.False(process.HasExited, "The script ended.");
        return new HeldNamespace(process);
    }

    public void Dispose()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
