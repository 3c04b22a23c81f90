using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>Where one rule of one diagnosis reports, and what the rules of earlier stages found.</summary>
/// <remarks>Made by <see cref="StorageDiagnoser"/> for each rule that it asks. Not thread-safe.</remarks>
public sealed partial class FindingSink
{
    private readonly DiagnosisRun _run;
    private bool? _hasUnreadNamespaces;

    internal FindingSink(DiagnosisRun run, FindingDescriptor rule)
    {
        _run = run;
        Rule = rule;
    }

    /// <summary>What the rule looks for.</summary>
    public FindingDescriptor Rule { get; }

    /// <summary>What the caller of the diagnosis asked for.</summary>
    public DiagnosisOptions Options => _run.Options;

    /// <summary>Cancelled when nobody waits for the diagnosis any more. A report throws then; a rule that does much between two reports asks it.</summary>
    public CancellationToken CancellationToken => _run.CancellationToken;

    /// <summary>What was found so far, at the moment of asking: what is reported afterwards is not in it.</summary>
    public ImmutableArray<Finding> Found => _run.FoundSoFar;

    /// <summary>The lines of logs that suggest findings of the rule's id. A snapshot without logs has none, which says nothing.</summary>
    public IReadOnlyList<LogHint> Hints => _run.FindHints(Rule.Id);

    /// <summary>Reports a finding, of the rule's id or another.</summary>
    /// <param name="finding">The finding.</param>
    /// <exception cref="OperationCanceledException">The diagnosis was cancelled.</exception>
    public void Report(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        _run.Add(finding);
    }

    /// <summary>Reports a finding of the rule, with its usual severity.</summary>
    /// <param name="status">How sure it is.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="message">What is wrong here.</param>
    /// <param name="causeKey">See <see cref="Finding.CauseKey"/>.</param>
    /// <param name="evidence">What it rests on.</param>
    public void Report(FindingStatus status, FindingSubject subject, string message, string causeKey, params ImmutableArray<FindingEvidence> evidence) =>
        Report(Rule.Severity, status, subject, message, causeKey, evidence);

    /// <summary>Reports a finding of the rule.</summary>
    /// <param name="severity">How bad it is here.</param>
    /// <param name="status">How sure it is.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="message">What is wrong here.</param>
    /// <param name="causeKey">See <see cref="Finding.CauseKey"/>.</param>
    /// <param name="evidence">What it rests on.</param>
    public void Report(
        FindingSeverity severity, FindingStatus status, FindingSubject subject, string message, string causeKey, params ImmutableArray<FindingEvidence> evidence) =>
        Report(new Finding
        {
            Descriptor = Rule,
            Severity = severity,
            Status = status,
            Subject = subject,
            Message = message,
            CauseKey = causeKey,
            Evidence = evidence,
        });

    /// <summary>Makes findings of the rule's id surer, by evidence that came later.</summary>
    /// <param name="findEvidence">What speaks for a finding; nothing where nothing does.</param>
    /// <returns>Whether there are findings of that id.</returns>
    public bool Strengthen(Func<Finding, ImmutableArray<FindingEvidence>> findEvidence)
    {
        ArgumentNullException.ThrowIfNull(findEvidence);
        bool isThere = false;
        for (int i = 0; i < _run.Findings.Count; i++)
        {
            Finding finding = _run.Findings[i];
            if (finding.Id != Rule.Id)
                continue;
            isThere = true;
            ImmutableArray<FindingEvidence> evidence = finding.Status == FindingStatus.Unknown ? [] : findEvidence(finding);
            if (!evidence.IsEmpty)
                _run.Replace(i, finding with { Status = FindingStatus.Confirmed, Evidence = [.. finding.Evidence, .. evidence] });
        }

        return isThere;
    }

    /// <summary>Says that the rule cannot know, or not in all places.</summary>
    /// <param name="because">Why, in words for a person.</param>
    public void Suspend(string because) => Suspend(because, SuspensionKind.NotSeen);

    /// <summary>Says that the rule cannot know, or not in all places.</summary>
    /// <param name="because">Why, in words for a person.</param>
    /// <param name="kind">What kept it from knowing.</param>
    public void Suspend(string because, SuspensionKind kind) => _run.Add(new SuspendedRule(Rule.Id, because, kind));

    /// <summary>Takes a part of a snapshot or a view; where it is not known, the rule is suspended.</summary>
    /// <typeparam name="T">What the part holds.</typeparam>
    /// <param name="part">The part, such as <c>host.Snapshot.Mounts</c>.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="expression">The part's expression; filled in by the compiler.</param>
    public bool TryGet<T>(SnapshotPart<T> part, [MaybeNullWhen(false)] out T value, [CallerArgumentExpression(nameof(part))] string expression = "")
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(part);
        if (part.TryGet(out value))
            return true;
        Suspend($"{expression[(expression.LastIndexOf('.') + 1)..]}: {part.Reason}");
        return false;
    }

    /// <summary>Takes the mounts; where they are not known, or not all of them, the rule is suspended.</summary>
    /// <param name="host">The host.</param>
    /// <param name="mounts">Its mounts.</param>
    public bool TryGetMounts(HostView host, [NotNullWhen(true)] out HostMounts? mounts)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (TryGet(host.Mounts, out mounts) && mounts.Table.BadLineCount > 0)
            Suspend($"{nameof(host.Mounts)}: {mounts.Table.BadLineCount} lines of the mount table cannot be read");
        return mounts is not null;
    }

    /// <summary>Takes the other mount namespaces that could be read; for those that could not the rule is suspended.</summary>
    /// <param name="host">The host.</param>
    public ImmutableArray<(SnapshotNamespace Namespace, MountTable Table)> OtherNamespaces(HostView host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (!TryGet(host.Snapshot.OtherNamespaces, out ImmutableArray<SnapshotNamespace> namespaces))
            return [];
        var read = ImmutableArray.CreateBuilder<(SnapshotNamespace, MountTable)>(namespaces.Length);
        SnapshotNamespace? unread = null;
        int unreadCount = 0;
        foreach (SnapshotNamespace other in namespaces)
        {
            if (other.Mounts.TryGet(out MountTable? table))
            {
                read.Add((other, table));
                continue;
            }

            unread ??= other;
            unreadCount++;
        }

        // There can be thousands that a bound has kept from being read.
        if (unread is not null)
            Suspend(string.Create(CultureInfo.InvariantCulture, $"mount namespace {unread.Id}{(unreadCount > 1 ? $" and {unreadCount - 1} more" : "")}: {unread.Mounts.Reason}"));
        return read.ToImmutable();
    }

    /// <summary>Whether there are other mount namespaces in the snapshot whose mounts are not: what is not seen in the others may be in these.</summary>
    internal bool HasUnreadNamespaces(HostView host) =>
        _hasUnreadNamespaces ??= host.Snapshot.OtherNamespaces.TryGet(out ImmutableArray<SnapshotNamespace> namespaces) && namespaces.Any(other => !other.Mounts.IsKnown);
}
