using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis.Logs;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What one diagnosis has come to so far. Not thread-safe: its rules are asked one after the other.</summary>
internal sealed class DiagnosisRun(HostView host, DiagnosisOptions options, CancellationToken cancellationToken)
{
    private readonly HashSet<SuspendedRule> _known = [];
    private readonly List<Finding> _findings = [];
    private ImmutableArray<Finding>? _foundSoFar;
    private Dictionary<string, List<LogHint>>? _hints;

    public HostView Host => host;

    public DiagnosisOptions Options => options;

    public CancellationToken CancellationToken => cancellationToken;

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>A copy, which stays what it is when rules report more.</summary>
    public ImmutableArray<Finding> FoundSoFar => _foundSoFar ??= [.. _findings];

    /// <summary>Each once, in the order in which they came.</summary>
    public List<SuspendedRule> Suspended { get; } = [];

    public void Add(Finding finding)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FindingSeverity severity = finding.Status == FindingStatus.Unknown
            ? FindingSeverity.Information
            : options.Severities.GetValueOrDefault(finding.Id, finding.Severity);
        _foundSoFar = null;
        _findings.Add(finding with { Severity = severity, Subject = finding.Subject with { Store = finding.Subject.Store ?? host.FindEngine(finding.Subject.Path)?.Kind } });
    }

    public void Replace(int index, Finding finding)
    {
        _foundSoFar = null;
        _findings[index] = finding;
    }

    public void Add(SuspendedRule suspended)
    {
        if (_known.Add(suspended))
            Suspended.Add(suspended);
    }

    /// <summary>The lines of logs that suggest a finding; each line is looked at once for all rules.</summary>
    public IReadOnlyList<LogHint> FindHints(string id)
    {
        if (_hints is null)
        {
            _hints = new Dictionary<string, List<LogHint>>(StringComparer.Ordinal);
            foreach (LogLine line in host.Snapshot.Log.TryGet(out ImmutableArray<LogLine> lines) ? lines : [])
            {
                foreach (LogSuggestion suggestion in LogRecognizer.Recognize(line.Text.Span))
                {
                    if (!_hints.TryGetValue(suggestion.Descriptor.Id, out List<LogHint>? list))
                        _hints.Add(suggestion.Descriptor.Id, list = []);
                    list.Add(new LogHint(line, suggestion.Paths));
                }
            }
        }

        return _hints.TryGetValue(id, out List<LogHint>? found) ? found : [];
    }
}
