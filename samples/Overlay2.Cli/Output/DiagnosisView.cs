using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Snapshots;
using Spectre.Console;

namespace Overlay2.Cli.Output;

/// <summary>A diagnosis for a person.</summary>
internal static class DiagnosisView
{
    /// <summary>More lines of evidence than this are only counted.</summary>
    private const int MostEvidence = 6;

    private const int MostReasons = 20;

    /// <summary>Everything that was found, and what could not be seen.</summary>
    public static void Write(IAnsiConsole console, DiagnosisReport report, bool withInformation)
    {
        Finding[] shown = [.. report.Findings.Where(finding => withInformation || finding.Severity > FindingSeverity.Information || finding.Subject.Kind == FindingSubjectKind.Log)];
        foreach (Finding finding in shown)
            Write(console, finding);

        int hidden = report.Findings.Length - shown.Length;
        if (hidden > 0)
            console.PutLine($"{hidden} findings are information (--all shows them)");
        WriteSuspended(console, report);
        WriteExamined(console, report);
        WriteForeign(console, report);
        if (report.OfUsers.Count(finding => finding.Severity > FindingSeverity.Information) is > 0 and int ofUsers)
            console.PutLine($"{ofUsers} findings are in stores that users have for themselves; they do not count for the host.");
        console.PutLine(Summary(report), Styles.Heading);
    }

    /// <summary>The worst findings in one line each, for the overview.</summary>
    public static void WriteLines(IAnsiConsole console, DiagnosisReport report, int mostLines)
    {
        Finding[] shown = [.. report.Findings.Where(finding => finding.Severity > FindingSeverity.Information)];
        foreach (Finding finding in shown.Take(mostLines))
        {
            console.Put($"  {finding.Id} {Level(finding)}", StyleOf(finding));
            console.PutLine($"  {finding.Descriptor.Title}: {finding.Subject}");
        }

        if (shown.Length > mostLines)
            console.PutLine($"  and {shown.Length - mostLines} more");
        console.PutLine("  " + Summary(report));
    }

    private static void Write(IAnsiConsole console, Finding finding)
    {
        console.Put($"{finding.Id} {Level(finding)}", StyleOf(finding));
        console.PutLine($"  {finding.Descriptor.Title}", Styles.Heading);
        console.PutLine($"  {finding.Subject}");
        console.PutLine($"  {finding.Message}");
        foreach (FindingEvidence evidence in finding.Evidence.Take(MostEvidence))
        {
            console.PutLine($"    {evidence}", Styles.Hidden);
        }

        if (finding.Evidence.Length > MostEvidence)
            console.PutLine($"    and {finding.Evidence.Length - MostEvidence} more");
        console.PutLine($"  {finding.HelpLink}");
        console.PutLine();
    }

    private static void WriteSuspended(IAnsiConsole console, DiagnosisReport report)
    {
        IGrouping<string, SuspendedRule>[] reasons = [.. report.Suspended.GroupBy(rule => rule.Because, StringComparer.Ordinal)];
        if (reasons.Length == 0)
            return;
        console.PutLine("Not seen, so that these are not known to be right:");
        foreach (IGrouping<string, SuspendedRule> reason in reasons.Take(MostReasons))
        {
            console.Put($"  {reason.Key}", Styles.Warning);
            console.PutLine($"  ({string.Join(", ", reason.Select(rule => rule.RuleId).Distinct(StringComparer.Ordinal))})");
        }

        if (reasons.Length > MostReasons)
            console.PutLine($"  and {reasons.Length - MostReasons} more reasons");
        console.PutLine();
    }

    private static void WriteExamined(IAnsiConsole console, DiagnosisReport report)
    {
        console.PutLine("Looked at:");
        foreach (string sentence in report.Examined)
            console.PutLine($"  {sentence}", Styles.Hidden);
    }

    private static void WriteForeign(IAnsiConsole console, DiagnosisReport report)
    {
        ImmutableArray<string> foreign = report.Scope.Foreign;
        foreach (string sentence in foreign.Take(MostReasons))
            console.PutLine($"{sentence}");
        if (foreign.Length > MostReasons)
            console.PutLine($"and {foreign.Length - MostReasons} more engines that are not believed, or stores of users");
    }

    private static string Summary(DiagnosisReport report) => report.Status switch
    {
        DiagnosisStatus.Healthy when report.Scope.Stores.IsEmpty => Text($"Healthy as far as mounts, kernel and configuration go: nothing found; there is no store where it was looked for ({Places(report)})."),
        DiagnosisStatus.Healthy => $"Healthy: nothing found in {Count(report.Scope.Stores.Length, "store")} ({Count(report.Scope.Stores.Sum(store => store.Layers), "layer")}, {Count(report.Scope.Stores.Sum(store => store.Containers), "container")}, {Count(report.Scope.Stores.Sum(store => store.ResolvedReferences), "reference")}), {Count(report.Scope.Mounts, "mount")} and {Count(report.Scope.Namespaces, "other mount namespace")}.",
        DiagnosisStatus.Unknown when report.Findings.Count(finding => finding.Subject.Kind == FindingSubjectKind.Log) is > 0 and int hints => Text($"The logs speak of {hints} kinds of faults; not everything was looked at that could show them."),
        DiagnosisStatus.Unknown => "Nothing was found, but not everything could be seen.",
        _ => Text($"{report.Findings.Count(finding => finding.Severity >= FindingSeverity.Error)} errors, {report.Findings.Count(finding => finding.Severity == FindingSeverity.Warning)} warnings."),
    };

    private static string Count(int count, string what) => Text($"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Places(DiagnosisReport report) =>
        report.Scope.Places.TryGet(out ImmutableArray<SearchedStorePlace> places) ? Text($"{places.Length} places") : "places are not told";

    private static string Level(Finding finding) =>
        finding.Status == FindingStatus.Confirmed ? finding.Severity.ToString().ToLowerInvariant() : $"{finding.Severity.ToString().ToLowerInvariant()}, {finding.Status.ToString().ToLowerInvariant()}";

    private static Style StyleOf(Finding finding) => finding.Severity switch
    {
        >= FindingSeverity.Error => Styles.Error,
        FindingSeverity.Warning => Styles.Warning,
        _ => Styles.Hidden,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
