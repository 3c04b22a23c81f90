using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>A plan that is being made.</summary>
internal sealed partial class PlanDraft
{
    private readonly ImmutableArray<RepairStep>.Builder _steps = ImmutableArray.CreateBuilder<RepairStep>();
    private readonly ImmutableArray<RepairGoal>.Builder _goals = ImmutableArray.CreateBuilder<RepairGoal>();
    private readonly ImmutableArray<RepairCourse>.Builder _alternatives = ImmutableArray.CreateBuilder<RepairCourse>();
    private readonly ImmutableArray<RepairRefusal>.Builder _refusals = ImmutableArray.CreateBuilder<RepairRefusal>();
    private readonly HashSet<MountEntry> _takenMounts = [];
    private readonly HashSet<(string FindingId, string CauseKey)> _goalKeys = [];
    private readonly HashSet<StorePlace> _taken = [];
    private readonly HashSet<(StorePlace, EntryState)> _replaced = [];
    private MemoryHost? _copy;
    private string _failure = "";
    private int _places;
    private IReadOnlyList<MountTable>? _allTables;
    private IReadOnlyList<BytePath>? _unsound;
    private Dictionary<string, (DriverHome Home, CoverPile Pile)>? _covers;
    private readonly CancellationToken _cancellation;

    public PlanDraft(DiagnosisReport report, RepairPolicy policy, int maxLength, CancellationToken cancellation)
    {
        Report = report;
        Policy = policy;
        _cancellation = cancellation;
        _known = [.. Keys(report.Findings)];
        long room = maxLength - Reserve - LengthOf(_known, RepairJsonContext.Default.ImmutableArrayString);
        _refusalRoom = room / 4;
        _room = room - _refusalRoom;
        Frame = CreateFrame(policy);
    }

    public DiagnosisReport Report { get; }

    public RepairPolicy Policy { get; }

    /// <summary>The host as the rules saw it.</summary>
    public HostView Host => Report.Host;

    public HostMounts? Mounts => Host.Mounts.TryGet(out HostMounts? mounts) ? mounts : null;

    public MountTable? Table => Mounts?.Table;

    /// <summary>The mounts of every mount namespace that the snapshot holds.</summary>
    public IReadOnlyList<MountTable> AllTables => _allTables ??=
    [
        .. Table is { } own ? new[] { own } : [],
        .. OtherTables.Select(other => other.Table),
    ];

    public NamedMounts Named { get; } = new();

    /// <summary>The mounts of the mount namespaces beside the engine's.</summary>
    public IEnumerable<(ulong NamespaceId, MountTable Table)> OtherTables => MemoryMounts.OtherTables(Report.Snapshot);

    public bool IsEngineRunning => Copy.IsEngineRunning();

    private MemoryHost Copy => _copy ??= new MemoryHost(Report.Snapshot, _cancellation);

    public bool HasCovers => Covers.Count > 0;

    /// <summary>What covers driver homes, by the keys of the findings that report it.</summary>
    public Dictionary<string, (DriverHome Home, CoverPile Pile)> Covers => _covers ??= Host.Homes.SelectMany(home => home.Covers.Select(pile => (Home: home, Pile: pile)))
        .DistinctBy(cover => cover.Pile.CauseKey, StringComparer.Ordinal).ToDictionary(cover => cover.Pile.CauseKey, StringComparer.Ordinal);

    /// <summary>Whether a name, or what may have been one, of a store below a directory is not sound.</summary>
    public bool HasUnsoundNames(BytePath dataRoot)
    {
        _unsound ??= [.. Report.Findings.Where(finding => finding.Id is FindingIds.BrokenLinkFile or FindingIds.WrongShortLink or FindingIds.LostShortLinks or FindingIds.IncompleteLayer).Select(finding => finding.Subject.Path)];
        return _unsound.Any(path => path.StartsWith(dataRoot));
    }

    /// <summary>A directory of its own for mounts that are moved or kept; what an earlier plan keeps stays.</summary>
    public BytePath NextPlace(string name)
    {
        BytePath place;
        do
            place = Policy.KeepDirectory.Combine(BytePath.FromText(string.Create(CultureInfo.InvariantCulture, $"{BootPart()}-{name}-{++_places}")));
        while (Table?.GetByMountPoint(place).IsEmpty == false);
        return place;
    }

    /// <summary>The store that a finding is about; <see langword="null"/> where it cannot be seen.</summary>
    public HostStore? FindStore(Finding finding)
    {
        // One engine's root directory can be in another's.
        return OpenStores(finding).OrderByDescending(view => view.Store.DataRoot.Length).FirstOrDefault(view => finding.Subject.Path.StartsWith(view.Store.DataRoot) || finding.Subject.Path.StartsWith(view.Home.Home));
    }

    /// <summary>The stores that a finding's rule looks at, and that can be seen.</summary>
    public IEnumerable<HostStore> OpenStores(Finding finding) =>
        Host.Stores.TryGet(out ImmutableArray<HostStore> stores) ? stores.Where(view => view.Home.Cover is null && finding.Descriptor.HoldsFor(view.Store.Engine)) : [];

    /// <summary>Whether something is at a place, behind the steps that the plan has.</summary>
    public bool Has(StorePlace place) => Copy.Entries.ReadEntry(place).Type != StoreEntryType.Missing;

    /// <summary>A place that is free behind the steps that the plan has: the one asked for, or one with a number after it.</summary>
    public StorePlace NextFree(StorePlace place)
    {
        StorePlace free = place;
        for (int number = 2; Has(free) || !_taken.Add(free); number++)
            free = place with { Path = new BytePath(new ByteString([.. place.Path.Span, .. System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".{number}"))])) };
        return free;
    }

    /// <summary>Takes steps into the plan, unless they cost more than the policy allows or do not work.</summary>
    /// <returns>Why not; <see langword="null"/> if the plan has them.</returns>
    public string? Add(Finding finding, IReadOnlyList<RepairStep> steps)
    {
        // Two findings may have one repair, or a part of it, in common.
        HashSet<(StorePlace, EntryState)> replaced = [];
        steps = [.. steps.Where(step => step.Action.Leaves is not { } left || (!_replaced.Contains(left) && replaced.Add(left)))];
        RepairRisk risk = steps.Count == 0 ? RepairRisk.R0 : steps.Max(step => step.Risk);
        if (risk > Policy.MaxRisk)
            return $"the repair has risk {risk}, and the policy allows {Policy.MaxRisk}";

        if (steps.Select(step => PlanRules.FindFault(Frame, step)).FirstOrDefault(fault => fault is not null) is { } fault)
            return $"no plan can hold the repair: a step of it {fault}";
        long length = LengthOf([.. steps], RepairJsonContext.Default.ImmutableArrayRepairStep);
        if (length > _room)
            return NoRoom;
        if (Rehearse(steps) is not { } rehearsed)
            return $"on a copy of the machine the repair does not work: {_failure}";

        _room -= length;
        AddGoal(finding);
        _steps.AddRange(rehearsed);
        _replaced.UnionWith(replaced);
        return null;
    }

    /// <summary>Runs steps on a copy of the machine, behind those that the plan has already, and keeps what then holds of their goals about what is seen.</summary>
    /// <returns>The steps; <see langword="null"/> if one of them fails.</returns>
    private List<RepairStep>? Rehearse(IReadOnlyList<RepairStep> steps)
    {
        MemoryHost copy = Copy;
        List<RepairStep> rehearsed = [];
        foreach (RepairStep step in steps)
        {
            _cancellation.ThrowIfCancellationRequested();

            // What a step about an entry of a store undoes is exact by its form. Any other undo has to give the very mounts before, peers included: otherwise it is none.
            bool isTried = !step.Undo.IsEmpty && !step.Action.MendsStore;
            (int, StorageSnapshot) before = copy.Mark;
            HostResult result = step.Action.Run(copy);
            if (!result.IsDone)
            {
                _failure = result.Error;
                _copy = Replay();
                return null;
            }

            rehearsed.Add(step with
            {
                Undo = !isTried || copy.Gives(before, step.Undo) ? step.Undo : [],
                Postconditions = [.. step.Postconditions.Where(goal => !step.Action.Uncovers || goal.IsInSight(copy))],
            });
        }

        return rehearsed;
    }

    /// <summary>Runs the first steps of an alternative on a copy of the machine as it is, as <see cref="Add"/> does with those of the plan.</summary>
    /// <returns>The steps; <see langword="null"/> if one of them fails.</returns>
    public IReadOnlyList<RepairStep>? RehearseAlone(IReadOnlyList<RepairStep> steps)
    {
        MemoryHost? kept = _copy;
        _copy = null;
        List<RepairStep>? rehearsed = Rehearse(steps);
        _copy = kept;
        return rehearsed;
    }

    private MemoryHost Replay()
    {
        var copy = new MemoryHost(Report.Snapshot, _cancellation);
        foreach (RepairStep step in _steps)
        {
            _cancellation.ThrowIfCancellationRequested();
            step.Action.Run(copy);
        }

        return copy;
    }

    /// <summary>Marks mounts that the plan deals with; <see langword="false"/> if another finding's steps already do.</summary>
    public bool TryTake(IEnumerable<MountEntry> mounts)
    {
        MountEntry[] all = [.. mounts];
        if (all.Any(_takenMounts.Contains))
            return false;
        _takenMounts.UnionWith(all);
        return true;
    }

    /// <summary>A finding that goes with a cause whose repair is already in the plan.</summary>
    public bool IsGoal(string id, string causeKey) => _goalKeys.Contains((id, causeKey));

    public RepairPlan Finish()
    {
        ImmutableArray<string> foreseen = [.. Keys(Foresee()).Except(_known, StringComparer.Ordinal)];
        return _room + _refusalRoom - LengthOf(foreseen, RepairJsonContext.Default.ImmutableArrayString) < -Reserve / 2
            ? Frame with { Refusals = [new RepairRefusal(Report.Findings[0].Id, "and all others", TooMany)] }
            : Frame with
            {
                Goals = _goals.ToImmutable(),
                Steps = _steps.ToImmutable(),
                Alternatives = _alternatives.ToImmutable(),
                Refusals = [.. _refusals, .. _untold.Select(id => new RepairRefusal(id.Key, string.Create(CultureInfo.InvariantCulture, $"{id.Value} more"), Untold))],
                KnownFindings = [.. _known, .. foreseen],
            };
    }

    /// <summary>What is found when the plan is done: what lies behind a record that is lost can be seen only then, and was there before.</summary>
    private ImmutableArray<Finding> Foresee() => _steps.Any(step => step.Action.MendsStore)
        ? new StorageDiagnoser(Report.Options).Diagnose(Copy.Capture(), Host.Previous, _cancellation).Findings
        : [];

    private string BootPart()
    {
        string boot = Part(Report.Snapshot.BootId);
        string plain = new([.. boot.Where(char.IsAsciiHexDigit).Take(8)]);
        return plain.Length == 0 ? "plan" : plain;
    }

    private static string Part(SnapshotPart<string> part) => part.TryGet(out string? value) ? value : "";
}
