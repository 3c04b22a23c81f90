using System.Collections.Immutable;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What a diagnosis came to.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed partial class DiagnosisReport
{
    private readonly FindingSeverity _worst;

    internal DiagnosisReport(HostView host, DiagnosisOptions options, IEnumerable<Finding> findings, IEnumerable<SuspendedRule> suspended)
    {
        Host = host;
        Options = options;
        Findings = [.. findings.Select(finding => WithUser(host, finding)).OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Id, StringComparer.Ordinal).ThenBy(finding => finding.Subject.Path)];
        Suspended = [.. suspended.OrderBy(rule => rule.RuleId, StringComparer.Ordinal)];
        OfUsers = [.. Findings.Where(finding => host.FindStoreOfUser(finding.Subject.Path) is not null)];
        Finding[] ofHost = [.. Findings.Except(OfUsers, ReferenceEqualityComparer.Instance).Cast<Finding>()];
        _worst = ofHost.Length > 0 ? ofHost[0].Severity : FindingSeverity.Information;
        Status = _worst >= FindingSeverity.Warning ? DiagnosisStatus.Findings
            : ofHost.Any(finding => finding.Status == FindingStatus.Unknown) || Suspended.Any(rule => rule.Kind is not (SuspensionKind.Suppressed or SuspensionKind.OfUser)) ? DiagnosisStatus.Unknown
            : DiagnosisStatus.Healthy;
    }

    /// <summary>The host that was diagnosed, as the rules saw it.</summary>
    public HostView Host { get; }

    /// <summary>What the caller asked for: what the report rests on beside the snapshot.</summary>
    public DiagnosisOptions Options { get; }

    /// <summary>What was diagnosed.</summary>
    public StorageSnapshot Snapshot => Host.Snapshot;

    /// <summary>What was looked for and where: nothing that the report says is wider.</summary>
    public Scope Scope => Host.Scope;

    /// <summary>When the snapshot was taken.</summary>
    public SnapshotPart<DateTimeOffset> Time => Snapshot.Time;

    /// <summary>The host that was diagnosed.</summary>
    public SnapshotPart<string> HostId => Snapshot.HostId;

    /// <summary>Healthy, or what else it came to.</summary>
    public DiagnosisStatus Status { get; }

    /// <summary>What was found, the worst first, then by id and subject.</summary>
    public ImmutableArray<Finding> Findings { get; }

    /// <summary>Those of <see cref="Findings"/> that are about stores which users have for themselves. They are told, and count neither for <see cref="Status"/> nor for <see cref="ExitCode"/>:
    /// what a user does to his own store makes the host's no worse.</summary>
    public ImmutableArray<Finding> OfUsers { get; }

    /// <summary>The rules that could not say whether there is something to find, or not everywhere, by id.</summary>
    public ImmutableArray<SuspendedRule> Suspended { get; }

    /// <summary>How wide the report is, in sentences for a person: the scope, and what the caller left out.</summary>
    public ImmutableArray<string> Examined =>
    [
        .. Scope.Describe(),
        .. Options.Suppressed.Count == 0 ? Array.Empty<string>() : [$"Left out by the caller: {string.Join(", ", Options.Suppressed)}."],
    ];

    /// <summary>What a program that diagnoses exits with: 0 healthy as far as <see cref="Examined"/> goes, 1 warnings, 2 errors, 3 nothing found but not everything seen.</summary>
    public int ExitCode => Status switch
    {
        DiagnosisStatus.Healthy => 0,
        DiagnosisStatus.Unknown => 3,
        _ => _worst >= FindingSeverity.Error ? 2 : 1,
    };

    /// <summary>A finding about a store that a user has for himself says so.</summary>
    private static Finding WithUser(HostView host, Finding finding) => host.FindStoreOfUser(finding.Subject.Path) is { } place
        ? finding with { Evidence = [new FindingEvidence($"{place.Path}", $"a store that a user has for himself ({place.Outsider}): it does not count for the host"), .. finding.Evidence] }
        : finding;
}
