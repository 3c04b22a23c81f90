using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis.Logs;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

// Lines of logs, each looked at once for all rules.
public sealed partial class DiagnosisContext
{
    private Dictionary<string, List<(LogLine Line, LogSuggestion Suggestion)>>? _suggestions;

    /// <summary>The lines that suggest a finding. A snapshot without logs has none, which says nothing.</summary>
    internal IReadOnlyList<(LogLine Line, LogSuggestion Suggestion)> FindSuggestions(FindingDescriptor descriptor)
    {
        if (_suggestions is null)
        {
            _suggestions = new Dictionary<string, List<(LogLine, LogSuggestion)>>(StringComparer.Ordinal);
            foreach (LogLine line in Snapshot.Log.TryGet(out ImmutableArray<LogLine> lines) ? lines : [])
            {
                foreach (LogSuggestion suggestion in LogRecognizer.Recognize(line.Text.Span))
                {
                    if (!_suggestions.TryGetValue(suggestion.Descriptor.Id, out List<(LogLine, LogSuggestion)>? list))
                        _suggestions.Add(suggestion.Descriptor.Id, list = []);
                    list.Add((line, suggestion));
                }
            }
        }

        return _suggestions.TryGetValue(descriptor.Id, out List<(LogLine, LogSuggestion)>? found) ? found : [];
    }

    /// <summary>Makes findings of an id surer whose subject a line of a log names.</summary>
    /// <returns>Whether there are findings of that id.</returns>
    internal bool Strengthen(string id, Func<Finding, ImmutableArray<FindingEvidence>> findEvidence)
    {
        bool isThere = false;
        for (int i = 0; i < _findings.Count; i++)
        {
            Finding finding = _findings[i];
            if (finding.Id != id)
                continue;
            isThere = true;
            ImmutableArray<FindingEvidence> evidence = finding.Status == FindingStatus.Unknown ? [] : findEvidence(finding);
            if (!evidence.IsEmpty)
                _findings[i] = finding with { Status = FindingStatus.Confirmed, Evidence = [.. finding.Evidence, .. evidence] };
        }

        return isThere;
    }
}
