using System.Globalization;
using System.Text;

namespace Overlay2.Storage.CrashTests;

/// <summary>The table of what became of all scenarios.</summary>
internal static class ResultTable
{
    private const int NameWidth = 18;

    private static readonly (TallyColumn Column, string Title)[] s_columns =
    [
        (TallyColumn.ApplyCalls, "apply"), (TallyColumn.ResumeCalls, "resume"), (TallyColumn.RollbackCalls, "rollback"), (TallyColumn.Kills, "kills"), (TallyColumn.Resumed, "resumed"),
        (TallyColumn.RolledBack, "rolled back"), (TallyColumn.Unbegun, "unbegun"), (TallyColumn.Errors, "errors"), (TallyColumn.Stopped, "stopped"), (TallyColumn.Unchanged, "unchanged"), (TallyColumn.Pauses, "pauses"),
        (TallyColumn.Rivals, "rivals"), (TallyColumn.Refused, "refused"), (TallyColumn.Late, "late"), (TallyColumn.Swaps, "swaps"), (TallyColumn.Seconds, "seconds"),
    ];

    /// <summary>A line for each scenario, one for all of them, and what failed.</summary>
    public static string Describe(IReadOnlyDictionary<string, Tally> tallies)
    {
        var text = new StringBuilder("\nChanging calls of apply, resume and rollback; kills, and what came of them; failing calls, and what came of them; runs that stood still, their rivals, and what came of all of them; swaps; failures.\n");
        text.Append("scenario".PadRight(NameWidth));
        foreach ((_, string title) in s_columns)
            text.Append("  ").Append(title);
        text.AppendLine("  failures");
        foreach ((string name, Tally tally) in tallies)
            AddLine(text, name, column => tally[column], tally.Failures.Count);
        AddLine(text, "all", column => tallies.Values.Sum(tally => tally[column]), tallies.Values.Sum(tally => tally.Failures.Count));
        foreach ((string name, Tally tally) in tallies)
        {
            foreach (string failure in tally.Failures)
                text.AppendLine(CultureInfo.InvariantCulture, $"FAILED: {name}: {failure}");
        }

        return text.ToString();
    }

    private static void AddLine(StringBuilder text, string name, Func<TallyColumn, int> count, int failures)
    {
        text.Append(name.PadRight(NameWidth));
        foreach ((TallyColumn column, string title) in s_columns)
            text.Append("  ").Append(count(column).ToString(CultureInfo.InvariantCulture).PadLeft(title.Length));
        text.Append("  ").AppendLine(failures.ToString(CultureInfo.InvariantCulture).PadLeft("failures".Length));
    }
}
