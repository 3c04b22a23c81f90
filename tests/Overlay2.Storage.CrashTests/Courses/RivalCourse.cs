using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>Two, four and eight runs on one store: one stands still right before one of its changing calls, at each in turn, and the others begin. One of all
/// has to work, the others have to be refused, and afterwards everything is as after an undisturbed repair.</summary>
internal sealed class RivalCourse(PlanScenario scenario, Tool tool, Tally tally, string scratch) : Course(scenario, tool, tally, scratch, isQuick: false)
{
    private static readonly ImmutableArray<int> s_runs = [2, 4, 8];

    private readonly ImmutableArray<JournalFile> _journals = [.. Enumerable.Range(1, s_runs.Max() - 1).Select(number => new JournalFile(string.Create(CultureInfo.InvariantCulture, $"{scratch}/rival-{number}")))];

    public void Run()
    {
        int calls = 0;
        Try("undisturbed", () =>
        {
            calls = ApplyUndisturbed().Calls.Length;
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
        bool isBegun = false;
        int id = 0;
        ToolRun first = Tool.RunPaused(call, ApplyWords, processId =>
        {
            id = processId;
            isBegun = Journal.Exists;
            others = BeginAll(rivals, isBegun);
        });

        // Who is first to take the lock works; where the first run has a journal, that is the first.
        Tally.Add(TallyColumn.Rivals, rivals);
        ImmutableArray<ToolRun> all = [first, .. others];
        if (all.Count(run => run.IsGood) != 1 || all.Count(run => run.IsRefused) != rivals || (isBegun && !first.IsGood))
            throw new CrashFailure($"not one run works, or the others are not refused: {string.Join("; ", all)}");
        if (isBegun && !others[0].Output.Contains(id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            throw new CrashFailure($"who is refused is not told that process {id} works there: {others[0]}");
        ExpectAfter("one of several runs does not leave what an undisturbed repair leaves");
        Undo(first.IsGood ? Journal : _journals[Array.FindIndex(others, run => run.IsGood)]);
    }

    /// <summary>All others at once, each a run of its own, but for two that turn to the first one's journal where there is one.</summary>
    private ToolRun[] BeginAll(int rivals, bool isBegun) => Task.WhenAll(Enumerable.Range(0, rivals).Select(i => Task.Factory.StartNew(
        () => Tool.Run(default, !isBegun || i is not (1 or 2) ? ApplyInto(_journals[i]) : i == 1 ? ResumeWords : RollbackWords),
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).GetAwaiter().GetResult();

    private void Undo(JournalFile journal)
    {
        Tool.RunWell(RollBackFrom(journal));
        ExpectBefore("rollback does not give what there was before");
    }
}
