using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>A run of the real tool in a process of its own; killed where it is not waited for.</summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private readonly ImmutableArray<string> _words;
    private readonly string _report;
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task<string> _output;

    /// <summary>Starts it.</summary>
    /// <param name="fault">What it meets.</param>
    /// <param name="words">The command line.</param>
    /// <param name="report">The file that gets its calls; it is removed again.</param>
    public ToolProcess(Fault fault, ImmutableArray<string> words, string report)
    {
        _words = words;
        _report = report;
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["child", fault.ToString(), report, "--", .. words])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _process.StandardInput.Close();
        _errors = _process.StandardError.ReadToEndAsync();
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Waits until it stands still.</summary>
    /// <returns>Whether it does; it may have ended.</returns>
    public bool WaitForPause()
    {
        var clock = Stopwatch.StartNew();
        while (!IsStopped())
        {
            if (_process.HasExited || clock.Elapsed > s_longest)
                return false;
            Thread.Sleep(1);
        }

        return true;
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="CrashFailure">It does not end.</exception>
    public ToolRun End()
    {
        if (!_process.WaitForExit(s_longest))
            throw new CrashFailure($"{string.Join(' ', _words)} does not end");

        // A program that it started may go on and keep the pipes open.
        Task.WaitAll([_output, _errors], _process.ExitCode switch { 0 => s_longest, ToolRun.Killed => TimeSpan.FromMilliseconds(100), _ => TimeSpan.FromSeconds(5) });
        return new ToolRun(_process.ExitCode, Read(_output) + Read(_errors), File.Exists(_report) ? [.. File.ReadAllLines(_report)] : []);

        static string Read(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
        File.Delete(_report);
    }

    /// <summary>Whether it stands still: the state behind the name in brackets (proc_pid_stat(5)).</summary>
    private bool IsStopped()
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    }
}
