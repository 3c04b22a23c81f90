using System.Diagnostics;
using Overlay2.Cli;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>The real tool in this process, with a fault at one of its changing calls. Begun once, in a process of its own.</summary>
internal sealed class FaultyTool(Fault fault)
{
    /// <summary>How long a program that was started runs before its starter is killed.</summary>
    private static readonly TimeSpan s_head = TimeSpan.FromMilliseconds(30);

    private readonly Lock _lock = new();
    private readonly List<string> _calls = [];
    private bool _isShortened;

    /// <summary>Runs it to its end, if it comes there.</summary>
    /// <param name="report">The file that gets the names of all changing calls, a line each, in the end.</param>
    /// <param name="words">The command line.</param>
    public async Task<int> RunAsync(string report, string[] words)
    {
        ChangingCalls.Disturbance = Meet;
        ChangingCalls.Shortening = length => _isShortened ? length / 2 : length;
        int answer = await CommandLine.RunAsync(words);
        ChangingCalls.Disturbance = null;
        if (fault.Kind == FaultKind.KillAfter && _calls.Count == fault.Call)
            Die();
        await File.WriteAllLinesAsync(report, _calls);
        return answer;
    }

    /// <summary>Looks at a call that is about to be made.</summary>
    /// <returns>The error that it fails with; none if it is to be made.</returns>
    private Errno Meet(long number, string name)
    {
        lock (_lock)
            _calls.Add(name);
        switch (fault.Kind)
        {
            case FaultKind.KillBefore when number == fault.Call:
            case FaultKind.KillAfter or FaultKind.WriteHalf when number == fault.Call + 1:
                Die();
                break;
            case FaultKind.KillDuring when number == fault.Call:
                new Thread(DieDuring) { IsBackground = true }.Start();
                break;
            case FaultKind.Pause when number == fault.Call:
                Native.StopHere();
                break;
            case FaultKind.WriteHalf when number == fault.Call:
                _isShortened = true;
                break;
            case FaultKind.Fail when number == fault.Call:
            case FaultKind.FailFrom when number >= fault.Call:
                return fault.Error;
        }

        return default;
    }

    /// <summary>Waits for a child of this process, and a moment, and kills this process; the child goes on alone.</summary>
    private static void DieDuring()
    {
        while (!Directory.EnumerateDirectories("/proc/self/task").Any(task => HasChild($"{task}/children")))
            Thread.Sleep(1);
        Thread.Sleep(s_head);
        Die();
    }

    private static bool HasChild(string file)
    {
        try
        {
            return File.ReadAllText(file).Length > 0;
        }
        catch (IOException)
        {
            return false; // The thread has ended.
        }
    }

    /// <summary>Kills this process as kill -9 does; nothing of it runs any more.</summary>
    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
