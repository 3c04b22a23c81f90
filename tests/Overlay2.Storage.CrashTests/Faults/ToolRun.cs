using System.Collections.Immutable;
using System.Globalization;

namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>What a run of the tool came to.</summary>
/// <param name="ExitCode">What it answered; of a killed one what shells say.</param>
/// <param name="Output">What it said.</param>
/// <param name="Calls">The names of its changing calls, in order; none of one that was killed.</param>
internal sealed record ToolRun(int ExitCode, string Output, ImmutableArray<string> Calls)
{
    public const int Killed = 128 + 9;
    private const int Stopped = 1;
    private const int Refused = 4;
    private const int Unusable = 65;

    /// <summary>Whether it was refused since another run works there, or on the same journal.</summary>
    public bool IsKeptAway => (ExitCode == Refused && Says("another run works there (")) || (ExitCode == Unusable && Says("another run uses the journal"));

    /// <summary>Whether it was refused since what it was to do is done, all of it or a part.</summary>
    public bool IsLate => ExitCode == Refused && (Says("what the plan repairs is not there") || Says("the machine changed since the plan was made"));

    /// <summary>Whether it stopped before an entry that is not, or not as, the one that was planned.</summary>
    public bool IsOtherEntry => ExitCode == Stopped && Says("there is not the entry meant");

    public bool IsKilled => ExitCode == Killed;

    /// <summary>Whether it did what it was asked for.</summary>
    public bool IsGood => ExitCode == 0;

    /// <summary>Whether it ended as its help says that it can.</summary>
    public bool IsOrderly => ExitCode is 0 or Stopped or Refused or Unusable && !Says("Unhandled exception");

    private bool Says(string text) => Output.Contains(text, StringComparison.Ordinal);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"it answers {ExitCode}: {Output.Trim()}");
}
