using System.Collections.Immutable;
using System.Diagnostics;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>Runs the real tool, each time in a process of its own.</summary>
/// <param name="scratch">A directory for what the runs report.</param>
internal sealed class Tool(string scratch)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(3);

    private readonly string _report = $"{scratch}/calls";

    /// <summary>How many runs there were.</summary>
    public int Runs { get; private set; }

    /// <summary>Runs it with a fault.</summary>
    /// <exception cref="CrashFailure">It does not end.</exception>
    public ToolRun Run(Fault fault, ImmutableArray<string> words)
    {
        Runs++;
        File.Delete(_report);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["child", fault.ToString(), _report, "--", .. words])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_longest))
        {
            process.Kill();
            throw new CrashFailure($"{string.Join(' ', words)} does not end");
        }

        // A program that it started may go on and keep the pipes open.
        Task.WaitAll([output, errors], process.ExitCode switch { 0 => s_longest, ToolRun.Killed => TimeSpan.FromMilliseconds(100), _ => TimeSpan.FromSeconds(5) });
        return new ToolRun(process.ExitCode, Read(output) + Read(errors), File.Exists(_report) ? [.. File.ReadAllLines(_report)] : []);

        static string Read(Task<string> text) => text.IsCompletedSuccessfully ? text.Result : "";
    }

    /// <summary>Runs it undisturbed; it has to do what it is asked for.</summary>
    /// <exception cref="CrashFailure">It does not.</exception>
    public ToolRun RunWell(ImmutableArray<string> words)
    {
        ToolRun run = Run(default, words);
        return run.IsGood ? run : throw new CrashFailure($"{words[0]}: {run}");
    }
}
