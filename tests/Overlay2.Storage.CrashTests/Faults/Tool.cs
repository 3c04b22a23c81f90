using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>Runs the real tool, each time in a process of its own.</summary>
/// <param name="scratch">A directory for what the runs report.</param>
internal sealed class Tool(string scratch)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private int _runs;

    /// <summary>Runs it with a fault.</summary>
    /// <exception cref="CrashFailure">It does not end.</exception>
    public ToolRun Run(Fault fault, ImmutableArray<string> words) => Run(fault, words, static _ => { });

    /// <summary>Runs it up to one of its changing calls, does something while it stands still right before that, and lets it go on to its end.</summary>
    /// <param name="call">The call, from 1.</param>
    /// <param name="words">The command line.</param>
    /// <param name="meanwhile">What is done; gets the number of the process.</param>
    /// <exception cref="CrashFailure">It does not come to this call, or does not end.</exception>
    public ToolRun RunPaused(long call, ImmutableArray<string> words, Action<int> meanwhile) => Run(new Fault(FaultKind.Pause, call), words, process =>
    {
        var clock = Stopwatch.StartNew();
        while (!IsStopped(process.Id))
        {
            if (process.HasExited || clock.Elapsed > s_longest)
                throw new CrashFailure($"{words[0]} does not come to call {call}");
            Thread.Sleep(1);
        }

        meanwhile(process.Id);
        Native.Continue(process.Id);
    });

    private ToolRun Run(Fault fault, ImmutableArray<string> words, Action<Process> meanwhile)
    {
        string report = string.Create(CultureInfo.InvariantCulture, $"{scratch}/calls-{Interlocked.Increment(ref _runs)}");
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["child", fault.ToString(), report, "--", .. words])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        try
        {
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            meanwhile(process);
            if (!process.WaitForExit(s_longest))
                throw new CrashFailure($"{string.Join(' ', words)} does not end");

            // A program that it started may go on and keep the pipes open.
            Task.WaitAll([output, errors], process.ExitCode switch { 0 => s_longest, ToolRun.Killed => TimeSpan.FromMilliseconds(100), _ => TimeSpan.FromSeconds(5) });
            return new ToolRun(process.ExitCode, Read(output) + Read(errors), File.Exists(report) ? [.. File.ReadAllLines(report)] : []);
        }
        finally
        {
            process.Kill();
            File.Delete(report);
        }

        static string Read(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";
    }

    /// <summary>Whether a process stands still: the state behind the name in brackets (proc_pid_stat(5)).</summary>
    private static bool IsStopped(int processId)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
    }

    /// <summary>Runs it undisturbed; it has to do what it is asked for.</summary>
    /// <exception cref="CrashFailure">It does not.</exception>
    public ToolRun RunWell(ImmutableArray<string> words)
    {
        ToolRun run = Run(default, words);
        return run.IsGood ? run : throw new CrashFailure($"{words[0]}: {run}");
    }
}
