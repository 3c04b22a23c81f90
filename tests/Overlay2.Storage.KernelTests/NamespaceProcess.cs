using System.Diagnostics;

namespace Overlay2.Storage.KernelTests;

/// <summary>A process in a mount namespace of its own, which lives until its input is closed.</summary>
internal static class NamespaceProcess
{
    /// <summary>Starts it and waits until the shell commands have run in it.</summary>
    public static Process Start(string commands, params string[] unshareOptions)
    {
        var start = new ProcessStartInfo("unshare") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["--mount", "--propagation", "private", .. unshareOptions, "sh", "-c", $"{commands}\necho ready; read line"])
            start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    public static void End(Process process)
    {
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(10_000));
    }
}
