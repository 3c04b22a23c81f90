using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>What a rule looks at, and where it reports. Made by <see cref="StorageDiagnoser"/> for one diagnosis.</summary>
/// <remarks>Not thread-safe: the rules of a diagnosis are asked one after the other.</remarks>
public sealed partial class DiagnosisContext
{
    private readonly List<Finding> _findings = [];
    private readonly List<SuspendedRule> _suspended = [];
    private readonly Lazy<EngineConfiguration?> _configuration;

    internal DiagnosisContext(StorageSnapshot snapshot, StorageSnapshot? previous, DiagnosisOptions options)
    {
        Snapshot = snapshot;
        Previous = previous;
        Options = options;
        _configuration = new Lazy<EngineConfiguration?>(() => snapshot.Configuration.TryGet(out EngineConfigurationFiles? files) ? EngineConfiguration.Resolve(files) : null);
        _mounts = new Lazy<MountView?>(() => snapshot.Mounts.TryGet(out Mounts.MountTable? table) ? new MountView(table) : null);
        _homes = new Lazy<ImmutableArray<DriverHomeView>>(() => DriverHomeView.FindAll(this));
        _stores = new Lazy<ImmutableArray<StoreView>>(FindStores);
    }

    /// <summary>The snapshot that is diagnosed.</summary>
    public StorageSnapshot Snapshot { get; }

    /// <summary>An earlier snapshot of the same host; <see langword="null"/> if there is none.</summary>
    public StorageSnapshot? Previous { get; }

    /// <summary>What the caller asked for.</summary>
    public DiagnosisOptions Options { get; }

    /// <summary>How the engine is configured; <see langword="null"/> if the snapshot does not hold it.</summary>
    public EngineConfiguration? Configuration => _configuration.Value;

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    internal IReadOnlyList<SuspendedRule> Suspended => _suspended;

    /// <summary>The rule that is asked now.</summary>
    internal FindingDescriptor Rule { get; set; } = null!;

    /// <summary>Reports a finding.</summary>
    /// <param name="finding">The finding.</param>
    public void Report(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        FindingSeverity severity = finding.Status == FindingStatus.Unknown
            ? FindingSeverity.Information
            : Options.Severities.GetValueOrDefault(finding.Id, finding.Severity);
        _findings.Add(finding with { Severity = severity, Subject = finding.Subject with { Store = finding.Subject.Store ?? FindKind(finding.Subject.Path) } });
    }

    /// <summary>Whose store a path is in, or has in it.</summary>
    private LayerStoreKind? FindKind(BytePath path) => path.IsEmpty
        ? null
        : Homes.FirstOrDefault(home => path.StartsWith(home.Home))?.Kind ?? Homes.FirstOrDefault(home => path.StartsWith(home.DataRoot))?.Kind;

    /// <summary>Reports a finding of the rule that is asked now, with its usual severity.</summary>
    /// <param name="status">How sure it is.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="message">What is wrong here.</param>
    /// <param name="causeKey">See <see cref="Finding.CauseKey"/>.</param>
    /// <param name="evidence">What it rests on.</param>
    public void Report(FindingStatus status, FindingSubject subject, string message, string causeKey, params ImmutableArray<FindingEvidence> evidence) =>
        Report(Rule.Severity, status, subject, message, causeKey, evidence);

    /// <summary>Reports a finding of the rule that is asked now.</summary>
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

    /// <summary>Says that the rule that is asked now cannot know, or not in all places.</summary>
    /// <param name="because">Why, in words for a person.</param>
    public void Suspend(string because) => Suspend(because, SuspensionKind.NotSeen);

    /// <summary>Takes a part of the snapshot; where it is not known, the rule that is asked now is suspended.</summary>
    /// <typeparam name="T">What the part holds.</typeparam>
    /// <param name="part">The part, such as <c>context.Snapshot.Mounts</c>.</param>
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

    internal void Suspend(string because, SuspensionKind kind)
    {
        var suspended = new SuspendedRule(Rule.Id, because, kind);
        if (!_suspended.Contains(suspended))
            _suspended.Add(suspended);
    }
}
