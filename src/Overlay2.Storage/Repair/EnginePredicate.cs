namespace Overlay2.Storage.Repair;

/// <summary>The engine answers.</summary>
public sealed record EnginePredicate : RepairPredicate;
