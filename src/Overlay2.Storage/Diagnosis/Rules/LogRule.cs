using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis.Logs;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Rules;

/// <summary>What logs say of a finding: they make one surer that is there, and never make an error alone.</summary>
internal sealed class LogRule(string id) : LibraryRule(id, DiagnosisStage.Log)
{
    private const int MostLinesShown = 4;

    /// <summary>One rule for each finding that a log can suggest.</summary>
    public static ImmutableArray<IDiagnosisRule> All { get; } = [.. LogPatterns.All.Select(pattern => pattern.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(id => new LogRule(id))];

    public override void Examine(HostView host, FindingSink findings)
    {
        IReadOnlyList<LogHint> found = findings.Hints;
        if (found.Count == 0 || findings.Strengthen(finding => EvidenceFor(finding, found)))
            return;
        ImmutableArray<BytePath> paths = found[^1].Paths;
        string seen = !WasLookedAt(host) ? "nothing else was looked at that could show it" : "what was looked at does not show it, or not any more";
        findings.Report(
            FindingSeverity.Information, FindingStatus.Suspected, new FindingSubject(FindingSubjectKind.Log, paths.IsEmpty ? default : paths[0]),
            $"A log speaks of this; {seen}: {Descriptor.Title}.", $"log:{Descriptor.Id}", [.. found.TakeLast(MostLinesShown).Select(line => Evidence(line.Line))]);
    }

    /// <summary>Whether what findings of the id are about was seen: mounts for the first block of ids, stores for the second, either for the others.</summary>
    private bool WasLookedAt(HostView host) => Descriptor.Id[..5] switch
    {
        "OVL00" => host.Snapshot.Mounts.IsKnown,
        "OVL01" => !host.Scope.Stores.IsEmpty,
        _ => !host.Scope.Stores.IsEmpty || host.Snapshot.Mounts.IsKnown,
    };

    private static ImmutableArray<FindingEvidence> EvidenceFor(Finding finding, IReadOnlyList<LogHint> found)
    {
        BytePath subject = finding.Subject.Path;
        return subject.IsEmpty
            ? []
            : [.. found.Where(line => line.Paths.Any(path => path.StartsWith(subject) || subject.StartsWith(path))).TakeLast(MostLinesShown).Select(line => Evidence(line.Line))];
    }

    private static FindingEvidence Evidence(LogLine line) => new(line.Source switch { LogSource.Kernel => "kernel log", LogSource.Engine => "engine log", _ => "log" }, line.Text.ToString());
}
