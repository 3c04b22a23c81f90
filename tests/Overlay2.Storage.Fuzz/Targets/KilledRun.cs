using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>A run of a plan on the small machine of <see cref="PlanMachine"/> that was killed at a point, and what it left.</summary>
/// <param name="Name">Which plan, and at which point of how many.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Before">The machine before it.</param>
/// <param name="Actions">How many steps were done, noted or not.</param>
/// <param name="Lines">The file of the journal, without the sums and without the first line, which differ from machine to machine.</param>
internal sealed record KilledRun(string Name, RepairPlan Plan, StorageSnapshot Before, int Actions, ImmutableArray<byte> Lines)
{
    /// <summary>All of them, in an order that stays: an input names one by its number.</summary>
    public static ImmutableArray<KilledRun> All { get; } = [.. KillAll()];

    public bool Purges => Plan.Steps.Any(step => step.Action is PurgeAction);

    /// <summary>The machine that the run left. A snapshot would not tell what is in the quarantine.</summary>
    public MemoryHost MakeMachine()
    {
        var machine = new MemoryHost(Before);
        foreach (RepairStep step in Plan.Steps[..Actions])
        {
            if (!step.Action.Run(machine).IsDone)
                throw new InvalidOperationException(step.Title);
        }

        return machine;
    }

    private static IEnumerable<KilledRun> KillAll()
    {
        StorageSnapshot broken = PlanMachine.Make().CaptureAsync(CancellationToken.None).Result;
        ImmutableArray<KilledRun> mended = [.. KillEverywhere("mend", broken, RepairPolicy.Default)];
        return [.. mended, .. KillEverywhere("purge", mended[^1].MakeMachine().CaptureAsync(CancellationToken.None).Result, RepairPolicy.Default with { Only = ["OVL0116"], MaxRisk = RepairRisk.R4 })];
    }

    private static IEnumerable<KilledRun> KillEverywhere(string name, StorageSnapshot before, RepairPolicy policy)
    {
        RepairPlan plan = RepairPlanner.Plan(new StorageDiagnoser().Diagnose(before), policy);
        string directory = Directory.CreateTempSubdirectory("overlay2-fuzz-").FullName;
        try
        {
            for (int point = 0; ; point++)
            {
                var machine = new MemoryHost(before);
                int left = point;
                int actions = 0;
                var executor = new RepairExecutor(machine, time: new StandingClock()) { Checkpoint = name => Pass(name, ref actions, left-- == 0) };
                string journal = $"{directory}/{point}";
                bool isKilled = false;
                try
                {
                    _ = executor.ApplyAsync(plan, BytePath.FromText(journal)).GetAwaiter().GetResult();
                }
                catch (OperationCanceledException)
                {
                    isKilled = true;
                }

                yield return new KilledRun($"{name}-{point}", plan, before, actions, [.. SealedJournal.Strip(File.ReadAllBytes($"{journal}/journal.jsonl"))]);
                if (!isKilled)
                    yield break;
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void Pass(string point, ref int actions, bool isKilled)
    {
        actions += point == "after action" ? 1 : 0;
        if (isKilled)
            throw new OperationCanceledException();
    }

    /// <summary>The same journal each time.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(60);
    }
}
