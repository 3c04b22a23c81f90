using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>Two, four and eight runs on one store: one stands still right before one of its changing calls, at each in turn, and the others begin. One of all
/// has to work, the others have to be refused without a change, and afterwards everything is as after an undisturbed repair.</summary>
internal sealed class RivalCourse(PlanScenario scenario, Tool tool, Tally tally, string scratch) : Course(scenario, tool, tally, scratch, isQuick: false)
{
    private static readonly ImmutableArray<int> s_runs = [2, 4, 8];

    private readonly PlanScenario _scenario = scenario;
    private readonly ImmutableArray<JournalFile> _journals = [.. Enumerable.Range(1, s_runs.Max() - 1).Select(number => new JournalFile(string.Create(CultureInfo.InvariantCulture, $"{scratch}/rival-{number}")))];

    public void Run()
    {
        int calls = 0;
        Try("undisturbed", () =>
        {
            // The very first run makes the place for the locks too.
            ApplyUndisturbed();
            Undo(Journal);
            Begin();
            calls = Tool.RunWell(ApplyWords).Calls.Length;
            Undo(Journal);
        });
        for (int call = 1; call <= calls; call++)
        {
            foreach (int runs in s_runs)
                Try(string.Create(CultureInfo.InvariantCulture, $"{runs} runs, the first before call {call} of {calls}"), () => Compete(call, runs - 1));
        }
    }

    private void Compete(int call, int rivals)
    {
        Begin();
        foreach (JournalFile journal in _journals)
            journal.Remove();
        ToolRun[] others = [];
        ToolRun first = Tool.RunPaused(call, ApplyWords, processId =>
        {
            bool isBegun = Journal.Exists;
            IReadOnlyList<string> before = _scenario.List();
            others = BeginAll(rivals, isBegun);
            if (isBegun && !others[0].Output.Contains(string.Create(CultureInfo.InvariantCulture, $"(process {processId})"), StringComparison.Ordinal))
                throw new CrashFailure($"who is refused is not told that process {processId} works there: {others[0]}");
            if (others.Any(run => run.IsGood) ? isBegun : !_scenario.List().SequenceEqual(before, StringComparer.Ordinal))
                throw new CrashFailure($"something is changed beside a run that works: {string.Join("; ", others)}");
        });
        Tally.Add(TallyColumn.Pauses);
        Tally.Add(TallyColumn.Rivals, rivals);

        // Who is first to take the lock works.
        ImmutableArray<ToolRun> all = [first, .. others];
        int busy = all.Count(run => run.IsKeptAway), late = all.Count(run => run.IsLate);
        if (all.Count(run => run.IsGood) != 1 || busy + late != rivals)
            throw new CrashFailure($"not one run works, or the others are not refused: {string.Join("; ", all)}");
        Tally.Add(TallyColumn.Refused, busy);
        Tally.Add(TallyColumn.Late, late);
        ExpectAfter("one of several runs does not leave what an undisturbed repair leaves");
        if (_journals.Prepend(Journal).Count(journal => journal.Exists) != 1)
            throw new CrashFailure("who is refused leaves a journal");
        Undo(first.IsGood ? Journal : _journals[Array.FindIndex(others, run => run.IsGood)]);
    }

    /// <summary>All others at once: each is a run of its own, but for some that turn to the first one's journal where there is one.</summary>
    private ToolRun[] BeginAll(int rivals, bool isBegun) => Task.WhenAll(Enumerable.Range(0, rivals).Select(i => Task.Factory.StartNew(
        () => Tool.Run(default, !isBegun ? ApplyInto(_journals[i]) : i switch { 1 => ResumeWords, 2 => RollbackWords, 3 => ApplyWords, _ => ApplyInto(_journals[i]) }),
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).GetAwaiter().GetResult();

    private void Undo(JournalFile journal)
    {
        Tool.RunWell(RollBackFrom(journal));
        ExpectBefore("rollback does not give what there was before");
    }
}
