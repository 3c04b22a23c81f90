using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Repair;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Of whatever is a snapshot every rule says something, and every planner plans something, without an error; what they say is the same the second time, and a plan can be read again.</summary>
internal static class DiagnoseTarget
{
    private const int MaxLength = 1 << 24;

    public static void Run(byte[] input)
    {
        StorageSnapshot snapshot;
        try
        {
            snapshot = StorageSnapshot.Load(new MemoryStream(input, writable: false), MaxLength);
        }
        catch (SnapshotFormatException)
        {
            return;
        }

        DiagnosisReport report = new StorageDiagnoser().Diagnose(snapshot);
        byte[] json = report.ToJson();
        if (!json.AsSpan().SequenceEqual(new StorageDiagnoser().Diagnose(snapshot).ToJson()))
            throw new InvalidOperationException("Two diagnoses of one snapshot differ.");
        _ = report.ToMarkdown();

        RepairPlan plan = RepairPlanner.Plan(report);
        byte[] saved = plan.ToJson();
        if (!RepairPlan.Parse(saved).ToJson().AsSpan().SequenceEqual(saved))
            throw new InvalidOperationException("A plan changes when it is saved and read.");
        _ = plan.ToMarkdown();
        if (plan.ToShellScript().Contains('\0', StringComparison.Ordinal))
            throw new InvalidOperationException("A script holds a zero.");
    }
}
