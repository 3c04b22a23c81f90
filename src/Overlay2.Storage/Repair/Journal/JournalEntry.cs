namespace Overlay2.Storage.Repair.Journal;

/// <summary>A line of a journal.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Step">The step's place in the plan, from 0; -1 for the run as a whole.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Text">The plan of the run, or the reason of a failure; empty otherwise.</param>
internal sealed record JournalEntry(JournalEntryKind Kind, int Step, DateTimeOffset Time, string Text);
