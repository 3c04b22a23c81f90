using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.CrashTests.Courses;
using Overlay2.Storage.CrashTests.Damages;
using Overlay2.Storage.CrashTests.Faults;
using Overlay2.Storage.CrashTests.Listings;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Repair;

namespace Overlay2.Storage.CrashTests.Scenarios;

/// <summary>The engine manual's first plan on a real engine with two containers below a bind of the driver home on itself: unmount everything, stop the
/// containers, start the engine again, start the containers. Each changing call, the start of a program among them, is the last: then <c>resume</c>
/// ends healthy, or <c>rollback</c> gives the mounts before; most rollbacks are killed too, and called again.</summary>
internal sealed class EngineScenario(string scratch, bool isResumed) : Scenario(scratch)
{
    public const string ResumeName = "engine-resume";
    public const string RollbackName = "engine-rollback";

    /// <summary>Each trial takes some seconds: every so many calls one fails, and in a quick run one is killed.</summary>
    private const int ErrorStep = 5;
    private const int QuickStep = 9;

    private readonly JournalFile _journal = new($"{scratch}/journal");
    private readonly string _plan = $"{scratch}/plan";
    private DockerEngine? _engine;
    private IReadOnlyList<string> _expected = [];
    private int _rollbackCalls;
    private int _rollbacks;

    private ImmutableArray<string> ApplyWords => ["apply", _plan, "--alternative", "1", "--yes", "--journal", _journal.Directory, .. _engine!.ControlWords];

    private ImmutableArray<string> ResumeWords => ["resume", _journal.Directory, "--yes", .. _engine!.ControlWords];

    private ImmutableArray<string> RollbackWords => ["rollback", _journal.Directory, "--yes", .. _engine!.ControlWords];

    public override void Run(Tool tool, Tally tally, Extent extent)
    {
        _engine = new DockerEngine(Scratch);
        Native.Bind(DockerEngine.Home, DockerEngine.Home);
        _expected = List();

        ImmutableArray<string> calls = RunUndisturbed(tool, tally);
        for (int at = 1; at <= calls.Length; at += extent == Extent.Quick ? QuickStep : 1)
        {
            Try(tool, tally, new Fault(FaultKind.KillBefore, at), calls);
            if (calls[at - 1] == "posix_spawn")
                Try(tool, tally, new Fault(FaultKind.KillDuring, at), calls);
            if (calls[at - 1] == "write")
                Try(tool, tally, new Fault(FaultKind.WriteHalf, at), calls);
            if (at % ErrorStep == 0)
                Try(tool, tally, new Fault(FaultKind.Fail, at, at % 2 == 0 ? Errno.EIO : Errno.ENOSPC), calls);
        }

        Try(tool, tally, new Fault(FaultKind.KillAfter, calls.Length), calls);
        _engine.BreakRestart(isBroken: true);
        Try(tool, tally, default, calls);
    }

    public override void Dispose()
    {
        _engine?.Dispose();
        base.Dispose();
    }

    private ImmutableArray<string> RunUndisturbed(Tool tool, Tally tally)
    {
        Begin(tool);
        RepairPlan plan = RepairPlan.Parse(File.ReadAllBytes(_plan));
        tally.Kinds.UnionWith(ScenarioPlan.KindsOf(plan.Choose(plan.Alternatives[0]).Steps));
        ImmutableArray<string> calls = tool.RunWell(ApplyWords).Calls;
        tally.Add(TallyColumn.ApplyCalls, calls.Length);
        CheckHealthy(tool);
        _rollbackCalls = tool.RunWell(RollbackWords).Calls.Length;
        tally.Add(TallyColumn.RollbackCalls, _rollbackCalls);
        CheckBack();
        return calls;
    }

    private void Try(Tool tool, Tally tally, Fault fault, ImmutableArray<string> calls)
    {
        using FileStream held = ParameterLock.Take();
        string where = fault.Call == 0 ? "killed by a restart that crashes" : string.Create(CultureInfo.InvariantCulture, $"{fault.Kind} call {fault.Call} ({calls[(int)fault.Call - 1]})");
        try
        {
            TryOne(tool, tally, fault);
        }
        catch (CrashFailure e)
        {
            tally.Failures.Add($"{where}: {e.Message}");
            MakeAgain();
        }
    }

    private void TryOne(Tool tool, Tally tally, Fault fault)
    {
        Begin(tool);
        ToolRun run = tool.Run(fault, ApplyWords);
        _engine!.BreakRestart(isBroken: false);
        if (fault.Error.IsError)
        {
            tally.Add(TallyColumn.Errors);
            if (!run.IsOrderly)
                throw new CrashFailure($"no orderly end: {run}");
            if (!run.IsGood)
                tally.Add(TallyColumn.Stopped);
        }
        else if (run.IsKilled)
        {
            tally.Add(TallyColumn.Kills);
        }
        else if (!run.IsGood)
        {
            // How often the engine is asked whether it answers is another number each time.
            throw new CrashFailure($"it is not killed, and not done: {run}");
        }

        if (!_journal.Exists)
        {
            tally.Add(fault.Error.IsError ? TallyColumn.Unchanged : TallyColumn.Unbegun);
            Listing.Expect(_expected, List(), "there is no journal");
        }
        else if (isResumed)
        {
            EndByResume(tool, tally);
        }
        else
        {
            EndByRollback(tool, tally);
        }
    }

    private void EndByResume(Tool tool, Tally tally)
    {
        if (!_journal.HasEnded)
        {
            tally.Raise(TallyColumn.ResumeCalls, tool.RunWell(ResumeWords).Calls.Length);
            tally.Add(TallyColumn.Resumed);
        }

        CheckHealthy(tool);
        Native.Bind(DockerEngine.Home, DockerEngine.Home);
    }

    private void EndByRollback(Tool tool, Tally tally)
    {
        const int Third = 3;
        const int Stride = 7;
        if (++_rollbacks % Third != 0)
        {
            int at = 1 + (_rollbacks * Stride % _rollbackCalls);
            ToolRun run = tool.Run(new Fault(_rollbacks % 2 == 0 ? FaultKind.KillBefore : FaultKind.WriteHalf, at), RollbackWords);
            if (run.IsKilled)
                tally.Add(TallyColumn.Kills);
            else if (!run.IsGood)
                throw new CrashFailure($"rollback, not killed at call {at}: {run}");
        }

        if (!_journal.IsRolledBack)
            tool.RunWell(RollbackWords);
        tally.Add(TallyColumn.RolledBack);
        CheckBack();
    }

    /// <summary>The cover is there; a plan for it, and no journal.</summary>
    private void Begin(Tool tool)
    {
        _journal.Remove();
        _engine!.Await();
        tool.RunWell(["plan", "--only", "OVL0001", "OVL0002", "--allow-engine-control", "--out", _plan]);
    }

    /// <summary>After a failure: the containers run, and there is one cover.</summary>
    private void MakeAgain()
    {
        DockerEngine.Restart(Scratch);
        _engine!.Await();
        while (List().Any(line => line.StartsWith($"{DockerEngine.Home} ", StringComparison.Ordinal)))
            Native.Unmount(DockerEngine.Home);
        foreach (string container in (ReadOnlySpan<string>)["one", "two"])
            Programs.TryRun(out _, "docker", "restart", container);
        Native.Bind(DockerEngine.Home, DockerEngine.Home);
    }

    /// <summary>Nothing is found about mounts, and the containers run with their data.</summary>
    private void CheckHealthy(Tool tool)
    {
        ToolRun diagnosis = tool.Run(default, ["diagnose", "--json"]);
        if (diagnosis.Output.Contains("\"OVL00", StringComparison.Ordinal))
            throw new CrashFailure($"something is found afterwards: {diagnosis.Output}");
        _engine!.CheckContainers();
    }

    private void CheckBack()
    {
        Listing.Expect(_expected, List(), "rollback left other mounts");
        _engine!.CheckContainers();
    }

    private static IReadOnlyList<string> List() => MountListing.Of(Environment.ProcessId, DockerEngine.Home);
}
