using System.Collections.Immutable;
using System.Globalization;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>Runs the real tool, each time in a process of its own.</summary>
/// <param name="scratch">A directory for what the runs report.</param>
internal sealed class Tool(string scratch)
{
    private int _runs;

    /// <summary>Runs it with a fault.</summary>
    /// <exception cref="CrashFailure">It does not end.</exception>
    public ToolRun Run(Fault fault, ImmutableArray<string> words)
    {
        using ToolProcess process = Start(fault, words);
        return process.End();
    }

    /// <summary>Runs it up to one of its changing calls, does something while it stands still right before that, and lets it go on to its end.</summary>
    /// <param name="call">The call, from 1.</param>
    /// <param name="words">The command line.</param>
    /// <param name="meanwhile">What is done; gets the number of the process.</param>
    /// <exception cref="CrashFailure">It does not come to this call, or does not end.</exception>
    public ToolRun RunPaused(long call, ImmutableArray<string> words, Action<int> meanwhile)
    {
        using ToolProcess process = Start(new Fault(FaultKind.Pause, call), words);
        if (!process.WaitForPause())
            throw new CrashFailure(string.Create(CultureInfo.InvariantCulture, $"{words[0]} does not come to call {call}: {process.End()}"));
        meanwhile(process.Id);
        Native.Continue(process.Id);
        return process.End();
    }

    private ToolProcess Start(Fault fault, ImmutableArray<string> words) => new(fault, words, string.Create(CultureInfo.InvariantCulture, $"{scratch}/calls-{Interlocked.Increment(ref _runs)}"));

    /// <summary>Runs it undisturbed; it has to do what it is asked for.</summary>
    /// <exception cref="CrashFailure">It does not.</exception>
    public ToolRun RunWell(ImmutableArray<string> words)
    {
        ToolRun run = Run(default, words);
        return run.IsGood ? run : throw new CrashFailure($"{words[0]}: {run}");
    }
}
