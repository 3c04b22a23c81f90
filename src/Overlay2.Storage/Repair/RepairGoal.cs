namespace Overlay2.Storage.Repair;

/// <summary>A finding that is gone when a plan has succeeded.</summary>
/// <param name="FindingId">The finding's id.</param>
/// <param name="CauseKey">Its <see cref="Diagnosis.Finding.CauseKey"/>.</param>
/// <param name="Subject">What it is about, for showing.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairGoal(string FindingId, string CauseKey, string Subject);
