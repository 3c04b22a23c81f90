using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>
/// Any bytes are a plan or a typed error. A plan that keeps the rules survives saving, can be shown, and is carried out to an outcome, gone on with and
/// undone: on a machine in memory, from a journal that may tell anything.
/// </summary>
/// <remarks>The input is a plan, as a file or without its digest, which anybody can work out; behind a byte 0 come the lines of the journal.</remarks>
internal static class PlanTarget
{
    private static readonly string s_directory = Directory.CreateTempSubdirectory("overlay2-fuzz-").FullName;

    public static void Run(byte[] input)
    {
        int end = input.AsSpan().IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? input : input.AsSpan(0, end);
        if (Read(text) is { } plan)
            Use(plan, end < 0 ? [] : input[(end + 1)..]);
    }

    private static RepairPlan? Read(ReadOnlySpan<byte> text)
    {
        try
        {
            return RepairPlan.Parse(text);
        }
        catch (RepairPlanException)
        {
            // Perhaps the digest alone is missing.
        }

        try
        {
            return JsonSerializer.Deserialize(text, RepairJsonContext.Default.RepairPlan) is { } bare ? RepairPlan.Parse(bare.ToJson()) : null;
        }
        catch (Exception e) when (e is RepairPlanException or JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Use(RepairPlan plan, byte[] lines)
    {
        byte[] json = plan.ToJson();
        if (!RepairPlan.Parse(json).ToJson().AsSpan().SequenceEqual(json))
            throw new InvalidOperationException("A plan changes when it is saved and read.");
        _ = plan.ToMarkdown();
        if (plan.ToShellScript().Any(symbol => symbol is not ('\n' or (>= ' ' and <= '~'))))
            throw new InvalidOperationException("A script that is not in plain ASCII.");

        MemoryHost machine = PlanMachine.Make();
        int layers = PlanMachine.CountLayers(Capture(machine));
        var executor = new RepairExecutor(machine);
        _ = executor.DryRunAsync(plan).Result;

        // Who writes a journal need not have asked for a dry run.
        string directory = $"{s_directory}/journal";
        SealedJournal.Write(directory, (plan with { HostId = PlanMachine.HostId, BootId = PlanMachine.BootId }).ToJson(), plan.Steps.Length, lines);
        _ = executor.ResumeAsync(BytePath.FromText(directory)).Result;
        bool isPurge = plan.Steps.Any(step => step.Action is PurgeAction);
        if (!isPurge && PlanMachine.CountLayers(Capture(machine)) < layers)
            throw new InvalidOperationException("A layer is gone.");
        _ = executor.RollbackAsync(BytePath.FromText(directory)).Result;
        if (!isPurge && PlanMachine.CountLayers(Capture(machine)) < layers)
            throw new InvalidOperationException("A layer is gone after the run was undone.");
    }

    private static StorageSnapshot Capture(MemoryHost machine) => machine.CaptureAsync(CancellationToken.None).Result;
}
