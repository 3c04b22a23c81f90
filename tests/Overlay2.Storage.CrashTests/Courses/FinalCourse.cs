using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>The same for a repair that nothing brings back: <c>resume</c> has to end healthy, and <c>rollback</c> has either nothing to undo or is refused
/// without a change, after which the run still goes on.</summary>
internal sealed class FinalCourse(PlanScenario scenario, Tool tool, Tally tally, string scratch, bool isQuick) : Course(scenario, tool, tally, scratch, isQuick)
{
    private const int Refused = 4;

    private readonly PlanScenario _scenario = scenario;

    public void Run()
    {
        ImmutableArray<string> apply = [];
        Try("undisturbed", () =>
        {
            apply = ApplyUndisturbed().Calls;
            BeRefused();
        });

        foreach (Fault kill in Kills(apply))
        {
            Try($"apply, {Describe(kill, apply)}, resume", () => KillAndEnd(kill, isRolledBack: false));
            Try($"apply, {Describe(kill, apply)}, rollback", () => KillAndEnd(kill, isRolledBack: true));
        }

        if (apply.IsEmpty || Tally[TallyColumn.Resumed] == 0)
            return;
        foreach (long at in SpreadPoints(apply.Length))
            KillResumes(at, static () => { }, ("resume", EndByResume), ("rollback", EndByRollback));
        foreach (Fault fault in Errors(apply.Length, isThorough: true))
            Try($"apply, {Describe(fault, apply)}", () => FailAndEnd(fault));
    }

    private void KillAndEnd(Fault kill, bool isRolledBack)
    {
        if (!KillApply(kill))
        {
            Tool.RunWell(ApplyWords);
            ExpectAfter("the next apply does not leave what an undisturbed repair leaves");
        }
        else if (isRolledBack)
        {
            EndByRollback();
        }
        else
        {
            EndByResume();
        }
    }

    private void EndByResume()
    {
        if (!Journal.HasEnded)
        {
            Resume();
            Tally.Add(TallyColumn.Resumed);
        }

        ExpectAfter("it has ended, and not as an undisturbed repair");
    }

    private void EndByRollback()
    {
        IReadOnlyList<string> found = _scenario.List();
        ToolRun run = Tool.Run(default, RollbackWords);
        if (run.IsGood)
        {
            ExpectBefore("it says that everything is undone");
            Tally.Add(TallyColumn.RolledBack);
            return;
        }

        Listings.Listing.Expect(found, _scenario.List(), "the rollback is refused and changed something");
        if (run.ExitCode != Refused)
            throw new CrashFailure($"the rollback is neither done nor refused: {run}");
        EndByResume();
    }

    private void BeRefused()
    {
        ToolRun run = Tool.Run(default, RollbackWords);
        if (run.ExitCode != Refused)
            throw new CrashFailure($"the rollback is not refused: {run}");
        ExpectAfter("the rollback is refused and changed something");
    }

    private void FailAndEnd(Fault fault)
    {
        if (FailApply(fault) && !Journal.HasEnded)
            Resume();
    }
}
