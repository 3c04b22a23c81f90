namespace Overlay2.Storage.Repair;

/// <summary>What became of a step.</summary>
/// <param name="Index">Its place in the plan, from 0.</param>
/// <param name="Title">What it is for.</param>
/// <param name="Result">Done, skipped, undone, or why not.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record RepairStepOutcome(int Index, string Title, string Result);
