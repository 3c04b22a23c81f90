using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Execution;
using Overlay2.Storage.Repair.Journal;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>Carries out plans: the only part of the library that repairs anything.</summary>
/// <remarks>
/// <para>Before it begins it diagnoses and plans again: a plan that would not be made now is refused, wherever it comes from. Before each
/// step the machine is read again and the step's preconditions are checked; after it its postconditions. Each step is in the
/// journal before and after. Cancelling takes effect between two steps only.</para>
/// <para>Not thread-safe: one run at a time.</para>
/// </remarks>
public sealed partial class RepairExecutor
{
    private readonly RepairHost _host;
    private readonly IEngineControl? _engine;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Makes an executor.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="engine">Controls the engine; without one, steps that need it fail.</param>
    /// <param name="logger">Takes a line for each step; none if not given.</param>
    /// <param name="time">The times in the journal; the system's if not given.</param>
    public RepairExecutor(RepairHost host, IEngineControl? engine = null, ILogger<RepairExecutor>? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _engine = engine;
        _logger = logger ?? NullLogger<RepairExecutor>.Instance;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Called at named points of a run; for tests that stop a run there.</summary>
    internal Action<string>? Checkpoint { get; init; }

    /// <summary>Checks everything that can be checked, and tells from a captured copy of the machine what the end would be. Changes nothing.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The outcome that applying is expected to have; steps that the engine has to do end it with <see cref="RepairOutcomeStatus.Stopped"/>, since only the engine knows.</returns>
    public async Task<RepairOutcome> DryRunAsync(RepairPlan plan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        StorageSnapshot snapshot = await _host.CaptureAsync(cancellationToken).ConfigureAwait(false);
        if (Judge(plan, snapshot, cancellationToken) is { } refused)
            return refused;
        var copy = new RepairExecutor(new MemoryHost(snapshot), engine: null, time: _time);
        return await copy.RunAsync(plan, journal: null, progress: null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Carries out a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="journal">A directory for the journal; it is made with those above it, unless the plan is refused, and must not hold one yet.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends the run between two steps; a step that is begun is done to its end.</param>
    /// <exception cref="RepairJournalException">The journal cannot be begun: nothing was done.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the journal was begun: nothing was done.</exception>
    public async Task<RepairOutcome> ApplyAsync(RepairPlan plan, BytePath journal, IProgress<RepairStepOutcome>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlanRules.Check(plan);
        if (_host.TryBegin(plan, out IDisposable? held) is { } busy)
            return Refuse(busy);
        using IDisposable? run = held;
        StorageSnapshot snapshot = await _host.CaptureAsync(cancellationToken).ConfigureAwait(false);
        if (Judge(plan, snapshot, cancellationToken) is { } refused)
            return refused;
        if (_engine is null && plan.Steps.Any(step => step.Action.NeedsEngine))
            return Refuse($"the plan has steps that the engine has to do, and {MachineState.NoEngine}");
        using RepairJournal lines = RepairJournal.Create(journal, plan, _time);
        return await RunAsync(plan, lines, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run that ended early: done steps are left alone, and a step that may or may not be done is looked at.</summary>
    /// <param name="journal">The journal's directory.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellationToken">Ends the run between two steps; a step that is begun is done to its end.</param>
    /// <exception cref="RepairJournalException">The journal cannot be read or written.</exception>
    /// <exception cref="RepairPlanException">The journal's plan is none.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the first step was looked at: nothing was done.</exception>
    public async Task<RepairOutcome> ResumeAsync(BytePath journal, IProgress<RepairStepOutcome>? progress = null, CancellationToken cancellationToken = default)
    {
        using RepairJournal lines = RepairJournal.Open(journal, _time);
        if (_host.TryBegin(lines.Plan, out IDisposable? held) is { } busy)
            return Refuse(busy);
        using IDisposable? run = held;
        StorageSnapshot snapshot = await _host.CaptureAsync(cancellationToken).ConfigureAwait(false);
        if (FindHindrance(lines.Plan, snapshot) is { } reason)
            return Refuse(reason);
        if (new KnownPlaces(lines.Plan, snapshot).FindStranger(lines.Plan) is { } place)
            return Refuse($"the plan is about {place}, and no store that is found has to do with that");
        if (lines.Entries.Any(entry => entry.Kind is JournalEntryKind.UndoIntent or JournalEntryKind.RolledBack))
            return Refuse("the run was rolled back, or its rolling back was begun");
        if (lines.Entries.Any(entry => entry.Kind == JournalEntryKind.Ended))
            return Refuse("the run has ended; there is nothing to go on with");
        return await RunAsync(lines.Plan, lines, progress, cancellationToken).ConfigureAwait(false);
    }

    private static RepairOutcome Refuse(string reason) => new() { Status = RepairOutcomeStatus.Refused, Reason = reason };

    /// <summary>Whether a plan would be made now as it is.</summary>
    private static RepairOutcome? Judge(RepairPlan plan, StorageSnapshot snapshot, CancellationToken cancellationToken)
    {
        PlanRules.Check(plan);
        if (plan.Steps.IsEmpty)
            return Refuse("the plan has no steps");
        if (FindHindrance(plan, snapshot) is { } other)
            return Refuse(other);

        DiagnosisReport report = new StorageDiagnoser(plan.Diagnosis).Diagnose(snapshot, cancellationToken: cancellationToken);
        HashSet<string> found = KeysOf(report);
        if (!plan.Goals.IsEmpty && !plan.Goals.Any(goal => found.Contains(KnownKey(goal.FindingId, goal.CauseKey))))
            return Refuse("what the plan repairs is not there: it was applied already, or somebody else repaired it");
        RepairPlan now = RepairPlanner.Plan(report, plan.Policy, cancellationToken);
        return IsSame(now.Steps, plan.Steps) || now.Alternatives.Any(course => IsSame(course.Steps, plan.Steps))
            ? null
            : Refuse("the machine changed since the plan was made, or the plan was not made by this library for this machine: now another plan would be made");
    }

    /// <summary>Why a plan is not for this machine and this caller.</summary>
    private static string? FindHindrance(RepairPlan plan, StorageSnapshot snapshot)
    {
        string host = snapshot.HostId.TryGet(out string? hostId) ? hostId : "";
        string boot = snapshot.BootId.TryGet(out string? bootId) ? bootId : "";
        return host != plan.HostId ? $"the plan is for host {plan.HostId}, and this is {host}"
            : boot != plan.BootId ? "the host has booted since the plan was made"
            : FindUserStore(plan, HostView.Of(snapshot));
    }

    /// <summary>Between two calls a user can put something else in the place of what is his, and the caller has more rights than he: only the user himself, or root alone, works in a store.</summary>
    private static string? FindUserStore(RepairPlan plan, HostView host) =>
        plan.Steps.SelectMany(step => step.Undo.Prepend(step.Action)).SelectMany(action => action.StoreRoot is { } store ? action.MountPoints.Add(store) : action.MountPoints)
            .Select(host.FindUserStore).FirstOrDefault(place => place is not null) is { } found
            ? $"{found.Path} is a store of a user ({found.Outsider}), in which nothing is written with the rights of another: the user can make and carry out the plan"
            : null;

    /// <summary>What is found for certain, or suspected.</summary>
    private static HashSet<string> KeysOf(DiagnosisReport report) =>
        report.Findings.Where(finding => finding.Status != FindingStatus.Unknown).Select(finding => KnownKey(finding.Id, finding.CauseKey)).ToHashSet(StringComparer.Ordinal);

    private static bool IsSame(ImmutableArray<RepairStep> left, ImmutableArray<RepairStep> right) =>
        left.Length == right.Length && JsonSerializer.SerializeToUtf8Bytes(left, RepairJsonContext.Default.ImmutableArrayRepairStep)
            .AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, RepairJsonContext.Default.ImmutableArrayRepairStep));
}
