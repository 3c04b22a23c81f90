using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Journal;

namespace Overlay2.Storage.Repair;

/// <summary>What the journal of a run tells: its plan, and how far it came. For showing it to a person before it is gone on with or undone.</summary>
public sealed record RepairRun
{
    private RepairRun()
    {
    }

    /// <summary>The plan that was carried out.</summary>
    public required RepairPlan Plan { get; init; }

    /// <summary>The steps that are done and not undone, as indexes into the plan's; ascending. One at which the run was cut off is not among them, done or not.</summary>
    public required ImmutableArray<int> Done { get; init; }

    /// <summary>Whether the run ended well, so that there is nothing to go on with.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Whether everything is undone again.</summary>
    public required bool IsRolledBack { get; init; }

    /// <summary>Reads a journal under the rules of <see cref="RepairExecutor.ResumeAsync"/>: only the caller's own, whole. It is let go again.</summary>
    /// <param name="journal">The journal's directory.</param>
    /// <exception cref="RepairJournalException">The journal cannot be read, or a run writes it now.</exception>
    /// <exception cref="RepairPlanException">The journal's plan is none.</exception>
    public static RepairRun Read(BytePath journal)
    {
        using RepairJournal lines = RepairJournal.Open(journal, TimeProvider.System);
        HashSet<int> done = RepairExecutor.Steps(lines, JournalEntryKind.Done, JournalEntryKind.Skipped);
        done.ExceptWith(RepairExecutor.Steps(lines, JournalEntryKind.Undone));
        return new RepairRun
        {
            Plan = lines.Plan,
            Done = [.. done.Order()],
            HasEnded = lines.Entries.Any(entry => entry.Kind == JournalEntryKind.Ended),
            IsRolledBack = lines.Entries.Any(entry => entry.Kind == JournalEntryKind.RolledBack),
        };
    }
}
