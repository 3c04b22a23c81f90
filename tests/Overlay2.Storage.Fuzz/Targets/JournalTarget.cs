using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Journal;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>
/// Any bytes are a journal's file, beside a plan that may be any bytes too: both are read or refused with a typed error, and the run is gone on with or undone on a
/// machine on which it was killed, by no more calls and lines than the plan has steps for, and on nothing but what the plan names.
/// </summary>
/// <remarks>
/// The first byte tells where the run was killed (<see cref="KilledRun"/>), and from 128 on that the lines get no sums. Then come the lines; behind a byte 0
/// comes the plan's file, in the place of the real one.
/// </remarks>
internal static class JournalTarget
{
    private const int LinesOfStep = 4;
    private const byte IsRaw = 0x80;

    // Every line goes to disk, and memory is a faster one.
    private static readonly string s_directory = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"overlay2-fuzz-{Environment.ProcessId}");

    public static void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        KilledRun run = KilledRun.All[(input[0] & ~IsRaw) % KilledRun.All.Length];
        ReadOnlySpan<byte> text = input.AsSpan(1);
        int end = text.IndexOf((byte)0);
        ReadOnlySpan<byte> lines = end < 0 ? text : text[..end];
        byte[] plan = end < 0 ? run.Plan.ToJson() : text[(end + 1)..].ToArray();
        bool isRaw = (input[0] & IsRaw) != 0;
        bool isReal = end < 0 && !isRaw;

        Write(plan, lines, isRaw);
        Use(run, isReal, isUndone: false);
        Write(plan, lines, isRaw);
        Use(run, isReal, isUndone: true);
    }

    /// <summary>The directory of the journal.</summary>
    private static BytePath Journal => BytePath.FromText(s_directory);

    private static void Write(byte[] plan, ReadOnlySpan<byte> lines, bool isRaw)
    {
        if (isRaw)
            SealedJournal.WriteRaw(s_directory, plan, lines);
        else
            SealedJournal.Write(s_directory, plan, CountSteps(plan), lines);
    }

    private static int CountSteps(byte[] plan)
    {
        try
        {
            return RepairPlan.Parse(plan).Steps.Length;
        }
        catch (RepairPlanException)
        {
            return 0;
        }
    }

    private static void Use(KilledRun run, bool isReal, bool isUndone)
    {
        var host = new WatchedHost(run.MakeMachine());
        int layers = CountLayers(host);
        if (Open() is not { } opened)
        {
            Must(!isReal, "The journal of a run is none.");
            return;
        }

        (RepairPlan plan, int entries) = opened;
        var executor = new RepairExecutor(host);
        RepairOutcome outcome = Do(executor, isUndone);
        CheckCost(plan, host, entries);
        if (outcome.Status is RepairOutcomeStatus.Refused)
            Must(host.Changes == 0, "A refused run changed something.");

        // What was undone, or was done to its end, is not begun again.
        if (outcome.Status is RepairOutcomeStatus.Succeeded or RepairOutcomeStatus.StillIll or RepairOutcomeStatus.RolledBack)
            Must(Do(executor, isUndone).Status == RepairOutcomeStatus.Refused, "A run that ended is gone on with.");
        else
            _ = Do(executor, !isUndone);
        if (isReal)
            host.CheckPlaces(run.Plan);
        if (!run.Purges && isReal)
            Must(CountLayers(host) >= layers, "A layer is gone.");
    }

    private static int CountLayers(WatchedHost host) => PlanMachine.CountLayers(host.CaptureAsync(CancellationToken.None).Result);

    private static RepairOutcome Do(RepairExecutor executor, bool isUndone) => isUndone ? executor.RollbackAsync(Journal).Result : executor.ResumeAsync(Journal).Result;

    /// <summary>The plan, and how many lines tell something.</summary>
    private static (RepairPlan Plan, int Entries)? Open()
    {
        try
        {
            using RepairJournal journal = RepairJournal.Open(Journal, TimeProvider.System);
            return (journal.Plan, journal.Entries.Count);
        }
        catch (Exception e) when (e is RepairPlanException or RepairJournalException)
        {
            return null;
        }
    }

    /// <summary>What a journal tells does not make a run longer: each step is done once, and looked at so often.</summary>
    private static void CheckCost(RepairPlan plan, WatchedHost host, int entries)
    {
        int actions = plan.Steps.Sum(step => 1 + step.Undo.Length);
        Must(host.Changes <= actions, "More was done than the plan has steps.");
        using RepairJournal journal = RepairJournal.Open(Journal, TimeProvider.System);
        Must(journal.Entries.Count - entries <= (LinesOfStep * plan.Steps.Length) + 1, "The journal has more lines than the plan has steps for.");
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidOperationException(otherwise);
    }
}
