using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Listings;
using Overlay2.Storage.CrashTests.Scenarios;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.CrashTests.Courses;

/// <summary>What all courses of trials with a plan are made of.</summary>
internal abstract class Course(PlanScenario scenario, Tool tool, Tally tally, string scratch, bool isQuick)
{
    /// <summary>A scenario in which everything is wrong need not be shown to its end.</summary>
    private const int MostFailures = 20;

    private readonly ScenarioPlan _plan = new(scenario, tool, $"{scratch}/plan");
    private IReadOnlyList<string>? _before;
    private IReadOnlyList<string> _after = [];
    private bool _isDirty = true;
    private long _firstBegun = long.MaxValue;

    protected Tool Tool => tool;

    protected Tally Tally => tally;

    protected JournalFile Journal { get; } = new($"{scratch}/journal");

    protected ImmutableArray<string> ApplyWords => ApplyInto(Journal);

    protected ImmutableArray<string> ResumeWords => ["resume", Journal.Directory, "--yes", .. scenario.HostWords];

    protected ImmutableArray<string> RollbackWords => RollBackFrom(Journal);

    protected ImmutableArray<string> ApplyInto(JournalFile journal) => ["apply", _plan.Path, "--yes", "--journal", journal.Directory, .. scenario.ActWords, .. scenario.HostWords];

    protected ImmutableArray<string> RollBackFrom(JournalFile journal) => ["rollback", journal.Directory, "--yes", .. scenario.HostWords];

    /// <summary>A damaged thing and its plan, and no journal.</summary>
    protected void Begin()
    {
        Journal.Remove();
        if (_isDirty || scenario.IsBuiltEachTime)
        {
            scenario.Build();
            IReadOnlyList<string> built = scenario.List();
            if (_before is not null)
                Listing.Expect(Listing.WithoutDevices(_before), Listing.WithoutDevices(built), "what was built is not what was built the first time");
            _before = built;
            _plan.Make();
        }

        _isDirty = true;
    }

    /// <summary>Whether so much failed that more trials tell nothing new.</summary>
    protected bool IsGivenUp => tally.Failures.Count >= MostFailures;

    /// <summary>A trial. One that succeeds leaves the damaged thing as it was built.</summary>
    protected void Try(string where, Action trial)
    {
        if (IsGivenUp)
            return;
        using FileStream held = ParameterLock.Take();
        try
        {
            trial();
            _isDirty = false;
        }
        catch (Exception e) when (e is CrashFailure or IOException or UnauthorizedAccessException)
        {
            tally.Failures.Add($"{where}: {e.Message}");
        }
    }

    /// <summary>An apply that nothing disturbs; what it leaves every other one has to leave.</summary>
    protected ToolRun ApplyUndisturbed()
    {
        Begin();
        tally.Kinds.UnionWith(_plan.Kinds);
        ToolRun run = tool.RunWell(ApplyWords);
        tally.Add(TallyColumn.ApplyCalls, run.Calls.Length);
        scenario.CheckRepaired();
        _after = Listing.WithoutDevices(scenario.List());
        return run;
    }

    /// <summary>Kills an apply of the damaged thing.</summary>
    /// <returns>Whether it was begun; if not, nothing was changed.</returns>
    protected bool KillApply(Fault kill)
    {
        Begin();
        Kill(kill, ApplyWords);
        if (Journal.Exists)
        {
            _firstBegun = Math.Min(_firstBegun, kill.Call);
            return true;
        }

        tally.Add(TallyColumn.Unbegun);
        ExpectBefore("there is no journal");
        return false;
    }

    protected void Kill(Fault kill, ImmutableArray<string> words)
    {
        ToolRun run = tool.Run(kill, words);
        if (!run.IsKilled)
            throw new CrashFailure($"it is not killed: {run}");
        tally.Add(TallyColumn.Kills);
    }

    /// <summary>Goes on with a run that ended early, to a healthy end.</summary>
    protected ToolRun Resume()
    {
        ToolRun run = tool.RunWell(ResumeWords);
        ExpectAfter("resume does not leave what an undisturbed repair leaves");
        return run;
    }

    /// <summary>A run with failing calls: it has to end as its help says, and to name the error.</summary>
    protected ToolRun Fail(Fault fault, ImmutableArray<string> words)
    {
        ToolRun run = tool.Run(fault, words);
        tally.Add(TallyColumn.Errors);
        if (!run.IsOrderly)
            throw new CrashFailure($"no orderly end: {run}");
        if (run.IsGood)
            return run;
        tally.Add(TallyColumn.Stopped);
        return run.Output.Contains(fault.Error.ToString(), StringComparison.Ordinal) ? run : throw new CrashFailure($"it does not name the error: {run}");
    }

    /// <summary>An apply with failing calls: where it says that it is done it is, and what was not begun changed nothing.</summary>
    /// <returns>Whether it was begun.</returns>
    protected bool FailApply(Fault fault)
    {
        Begin();
        ToolRun run = Fail(fault, ApplyWords);
        if (run.IsGood)
            ExpectAfter("it says that it is done");
        else if (scenario.List().SequenceEqual(_before!, StringComparer.Ordinal))
            tally.Add(TallyColumn.Unchanged);
        if (Journal.Exists)
            return true;
        ExpectBefore("there is no journal");
        return false;
    }

    protected void ExpectBefore(string what) => Listing.Expect(_before!, scenario.List(), what);

    protected void ExpectAfter(string what) => Listing.Expect(_after, Listing.WithoutDevices(scenario.List()), what);

    /// <summary>Before every call and after the last one, and in the middle of every write.</summary>
    protected static IEnumerable<Fault> Kills(ImmutableArray<string> calls)
    {
        for (int i = 0; i < calls.Length; i++)
        {
            yield return new Fault(FaultKind.KillBefore, i + 1);
            if (calls[i] == "write")
                yield return new Fault(FaultKind.WriteHalf, i + 1);
        }

        if (calls.Length > 0)
            yield return new Fault(FaultKind.KillAfter, calls.Length);
    }

    /// <summary>Every call fails, alone and with all later ones.</summary>
    /// <param name="calls">How many calls there are.</param>
    /// <param name="isThorough">Whether with every error, or with one, in turn; in a quick course only some calls, with one.</param>
    protected IEnumerable<Fault> Errors(int calls, bool isThorough)
    {
        const int QuickStep = 5;
        ImmutableArray<Errno> turns = [Errno.ENOSPC, Errno.EIO, Errno.EROFS, Errno.EACCES, Errno.EPERM];
        for (int at = 1; at <= calls; at += isQuick ? QuickStep : 1)
        {
            // EACCES and EPERM are alike: they take turns.
            Errno[] all = [Errno.ENOSPC, Errno.EIO, Errno.EROFS, at % 2 == 0 ? Errno.EACCES : Errno.EPERM];
            foreach (Errno error in isThorough && !isQuick ? all : [turns[at % turns.Length]])
            {
                yield return new Fault(FaultKind.Fail, at, error);
                yield return new Fault(FaultKind.FailFrom, at, error);
            }
        }
    }

    /// <summary>Calls of an apply that was begun, behind which every call of a resume is killed: an early one, one in the middle, a late one.</summary>
    protected long[] SpreadPoints(int calls)
    {
        long length = calls - _firstBegun;
        return isQuick ? [_firstBegun + (length / 2)] : [_firstBegun + (length / 6), _firstBegun + (length / 2), _firstBegun + (length * 5 / 6)];
    }

    /// <summary>Kills every resume of an apply that was killed at one call.</summary>
    /// <param name="at">The call.</param>
    /// <param name="end">What is done after an undisturbed resume, so that everything is as it was built.</param>
    /// <param name="trials">What is tried with each fault: how that is called, and what is done after the kill.</param>
    protected void KillResumes(long at, Action end, params ReadOnlySpan<(string Name, Action Trial)> trials)
    {
        var first = new Fault(FaultKind.KillBefore, at);
        string where = string.Create(CultureInfo.InvariantCulture, $"apply killed before call {at}, resume");
        ImmutableArray<string> calls = [];
        Try(where, () =>
        {
            if (!KillApply(first))
                throw new CrashFailure("it is not begun");
            calls = Resume().Calls;
            end();
        });
        tally.Raise(TallyColumn.ResumeCalls, calls.Length);
        foreach (Fault kill in Kills(calls))
        {
            foreach ((string name, Action trial) in trials)
            {
                Try($"{where}, {Describe(kill, calls)}, {name}", () =>
                {
                    KillApply(first);
                    Kill(kill, ResumeWords);
                    trial();
                });
            }
        }
    }

    protected static string Describe(Fault fault, ImmutableArray<string> calls) =>
        string.Create(CultureInfo.InvariantCulture, $"{fault.Kind} call {fault.Call} ({calls[(int)fault.Call - 1]}){(fault.Error.IsError ? $" with {fault.Error}" : "")}");
}
