namespace Overlay2.Storage.Repair;

/// <summary>A finding that a plan does not repair.</summary>
/// <param name="FindingId">The finding's id.</param>
/// <param name="Subject">What it is about, for showing.</param>
/// <param name="Reason">Why, and what a person can do.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairRefusal(string FindingId, string Subject, string Reason);
