using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What diagnoses tell of themselves: activities and metrics of the name <c>Overlay2.Storage</c>.</summary>
internal static class DiagnosisInstruments
{
    public const string Name = "Overlay2.Storage";

    private static readonly Meter s_meter = new(Name);
    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>("overlay2.diagnosis.duration", "s", "How long a diagnosis takes.");
    private static readonly Counter<long> s_findings = s_meter.CreateCounter<long>("overlay2.diagnosis.findings", "{finding}", "Findings, by id, severity and status.");

    public static ActivitySource Activities { get; } = new(Name);

    public static void Record(DiagnosisReport report, TimeSpan elapsed, Activity? activity)
    {
        s_duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("status", report.Status.ToString()));
        if (s_findings.Enabled)
        {
            foreach (IGrouping<(string, FindingSeverity, FindingStatus), Finding> group in report.Findings.GroupBy(finding => (finding.Id, finding.Severity, finding.Status)))
            {
                s_findings.Add(
                    group.Count(), new KeyValuePair<string, object?>("id", group.Key.Item1), new KeyValuePair<string, object?>("severity", group.Key.Item2.ToString()),
                    new KeyValuePair<string, object?>("status", group.Key.Item3.ToString()));
            }
        }

        activity?.SetTag("overlay2.status", report.Status.ToString());
        activity?.SetTag("overlay2.findings", report.Findings.Length);
    }
}
