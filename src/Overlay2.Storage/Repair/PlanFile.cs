namespace Overlay2.Storage.Repair;

/// <summary>A plan on disk.</summary>
internal sealed record PlanFile(int FormatVersion, string Digest, RepairPlan Plan);
