using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Finds out what is wrong with the container storage of a host, from a snapshot of it.</summary>
/// <remarks>
/// <para>A pure function of the snapshot: it opens no file and reads no clock but to measure itself. Thread-safe.</para>
/// <para>Rules are asked stage by stage (<see cref="DiagnosisStage"/>). Where a mount covers a store, what can be seen there is not the
/// store, and no rule says anything about it. What could not be seen is never called healthy.</para>
/// </remarks>
public sealed partial class StorageDiagnoser
{
    private readonly DiagnosisOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ImmutableArray<IDiagnosisRule> _rules;

    /// <summary>Makes a diagnoser.</summary>
    /// <param name="options">How it works; <see cref="DiagnosisOptions.Default"/> if not given.</param>
    /// <param name="logger">Takes a line for each diagnosis and for each finding; none if not given.</param>
    /// <param name="time">Measures how long a diagnosis takes; the system's if not given.</param>
    public StorageDiagnoser(DiagnosisOptions? options = null, ILogger<StorageDiagnoser>? logger = null, TimeProvider? time = null)
    {
        _options = options ?? DiagnosisOptions.Default;
        _logger = logger ?? NullLogger<StorageDiagnoser>.Instance;
        _time = time ?? TimeProvider.System;
        _rules = [.. FindingIds.Rules.Where(rule => _options.IncludeBehaviour || rule.Stage != DiagnosisStage.Behaviour).Concat(_options.CustomRules).OrderBy(rule => rule.Stage)];
    }

    /// <summary>Diagnoses a host.</summary>
    /// <param name="snapshot">What was seen of it.</param>
    /// <param name="previous">An earlier snapshot of the same host, for what shows only in a change; <see langword="null"/> if there is none.</param>
    /// <param name="cancellationToken">Ends the diagnosis between two rules, or two findings of one.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DiagnosisReport Diagnose(StorageSnapshot snapshot, StorageSnapshot? previous = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        using Activity? activity = DiagnosisInstruments.Activities.StartActivity("diagnose");
        long start = _time.GetTimestamp();
        HostView host = HostView.Of(snapshot, previous);
        DiagnosisRun run = new(host, _options, cancellationToken);
        foreach (IDiagnosisRule rule in _rules)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FindingSink findings = new(run, rule.Descriptor);
            if (_options.Suppressed.Contains(rule.Descriptor.Id))
                findings.Suspend("the caller does not want to hear of it", SuspensionKind.Suppressed);
            else
                Ask(rule, host, findings);
        }

        cancellationToken.ThrowIfCancellationRequested();
        DiagnosisReport report = new(host, _options, run.Findings, run.Suspended);
        TimeSpan elapsed = _time.GetElapsedTime(start);
        DiagnosisInstruments.Record(report, elapsed, activity);
        foreach (Finding finding in report.Findings)
            LogFinding(finding.Id, finding.Severity, finding.Status, finding.Subject, finding.Message);
        LogDiagnosis(report.Status, report.Findings.Length, report.Suspended.Length, elapsed.TotalMilliseconds);
        return report;
    }

    private void Ask(IDiagnosisRule rule, HostView host, FindingSink findings)
    {
        if (!_options.CustomRules.Contains(rule))
        {
            rule.Examine(host, findings);
            return;
        }

        // A rule of the caller's must not cost him the others.
        try
        {
            rule.Examine(host, findings);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            findings.Suspend($"the rule failed: {e.Message}", SuspensionKind.Failed);
            LogFailedRule(e, rule.Descriptor.Id);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Diagnosis: {Status}, {Findings} findings, {Suspended} rules suspended, {Milliseconds} ms")]
    private partial void LogDiagnosis(DiagnosisStatus status, int findings, int suspended, double milliseconds);

    [LoggerMessage(2, LogLevel.Debug, "{Id} {Severity} {Status} {Subject}: {Message}")]
    private partial void LogFinding(string id, FindingSeverity severity, FindingStatus status, FindingSubject subject, string message);

    [LoggerMessage(3, LogLevel.Warning, "Rule {Id} failed")]
    private partial void LogFailedRule(Exception exception, string id);
}
