using System.Collections.Immutable;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Scenarios;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>Kills <c>apply</c>, <c>resume</c> and <c>rollback</c> of one repair at every changing call, and lets every changing call of them fail: then
/// <c>resume</c> has to end healthy, with what an undisturbed repair leaves, and <c>rollback</c> has to give the very thing before the repair.</summary>
internal sealed class RepairCourse(PlanScenario scenario, Tool tool, Tally tally, string scratch, bool isQuick) : Course(scenario, tool, tally, scratch, isQuick)
{
    private readonly bool _isQuick = isQuick;

    public void Run()
    {
        ImmutableArray<string> apply = [], rollback = [];
        Try("undisturbed", () =>
        {
            apply = ApplyUndisturbed().Calls;
            rollback = RollBack().Calls;
            Tally.Add(TallyColumn.RollbackCalls, rollback.Length);
        });
        if (rollback.IsEmpty)
            return;

        foreach (Fault kill in Kills(apply))
        {
            if (!_isQuick || kill.Call % 2 == 0)
                Try($"apply, {Describe(kill, apply)}, resume", () => KillAndResume(kill));
            if (!_isQuick || kill.Call % 2 == 1)
                Try($"apply, {Describe(kill, apply)}, rollback", () => KillAndRollBack(kill));
        }

        foreach (Fault kill in Kills(rollback))
            Try($"rollback, {Describe(kill, rollback)}", () => KillRollback(kill));
        foreach (long at in SpreadPoints(apply.Length))
            KillResumes(at, () => RollBack(), ("resume", EndByResume), ("rollback", EndByRollback));
        foreach (Fault fault in Errors(apply.Length, isThorough: true))
            Try($"apply, {Describe(fault, apply)}", () => FailAndEnd(fault));
        foreach (Fault fault in Errors(rollback.Length, isThorough: false))
            Try($"rollback, {Describe(fault, rollback)}", () => FailRollback(fault));
    }

    private void KillAndResume(Fault kill)
    {
        if (KillApply(kill))
            EndByResume();
        else
            ApplyAgain();
    }

    private void KillAndRollBack(Fault kill)
    {
        if (KillApply(kill))
            EndByRollback();
        else
            ApplyAgain();
    }

    /// <summary>What is left of a journal's beginning is in nobody's way.</summary>
    private void ApplyAgain()
    {
        Tool.RunWell(ApplyWords);
        RollBack();
    }

    private void EndByResume()
    {
        if (!Journal.HasEnded)
        {
            Resume();
            Tally.Add(TallyColumn.Resumed);
        }

        ExpectAfter("it has ended, and not as an undisturbed repair");
        RollBack();
    }

    private void EndByRollback()
    {
        RollBack();
        Tally.Add(TallyColumn.RolledBack);
    }

    private void KillRollback(Fault kill)
    {
        Begin();
        Tool.RunWell(ApplyWords);
        Kill(kill, RollbackWords);
        if (Journal.IsRolledBack)
            ExpectBefore("it is rolled back");
        else
            RollBack();
        Tally.Add(TallyColumn.RolledBack);
    }

    /// <summary>Without the fault the run goes on where it stopped, and is undone.</summary>
    private void FailAndEnd(Fault fault)
    {
        if (!FailApply(fault))
            return;
        if (fault.Kind == FaultKind.Fail && !Journal.HasEnded)
            Resume();
        RollBack();
    }

    private void FailRollback(Fault fault)
    {
        Begin();
        Tool.RunWell(ApplyWords);
        ToolRun run = Fail(fault, RollbackWords);
        if (Journal.IsRolledBack)
            ExpectBefore("it is rolled back");
        else if (run.IsGood)
            throw new CrashFailure($"it says that it is rolled back, and the journal does not: {run}");
        else
            RollBack();
    }

    /// <summary>Undoes the run; everything has to be as before.</summary>
    private ToolRun RollBack()
    {
        ToolRun run = Tool.RunWell(RollbackWords);
        ExpectBefore("rollback does not give what there was before");
        return run;
    }
}
