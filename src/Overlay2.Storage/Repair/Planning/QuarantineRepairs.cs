using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Hosts;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>OVL0116: what earlier repairs set aside is removed for good, where the caller names it, the engine did well without it, and time has passed.</summary>
internal static class QuarantineRepairs
{
    /// <summary>A step has some two kilobytes, and plans have a limit.</summary>
    private const int MostEntries = 4000;

    public static string? Plan(PlanDraft draft, Finding finding)
    {
        // One engine's root directory can be in another's.
        if (draft.OpenStores(finding).FirstOrDefault(candidate => candidate.Store.QuarantineDirectory == finding.Subject.Path) is not { } view)
            return draft.HasCovers ? "first what covers the store has to go; then diagnose again" : "the store that it belongs to cannot be seen";
        return FindReason(draft, finding, view) ?? Plan(draft, finding, view, view.Store.Quarantine.Entries);
    }

    private static string? Plan(PlanDraft draft, Finding finding, HostStore view, IReadOnlyList<QuarantinedEntry> entries)
    {
        string? refused = draft.Add(finding, [.. entries.Take(MostEntries).Select(entry => Purge(view, entry))]);
        return refused is null && entries.Count > MostEntries
            ? string.Create(CultureInfo.InvariantCulture, $"a plan removes {MostEntries} entries at most, and {entries.Count - MostEntries} are left: plan again afterwards")
            : refused;
    }

    private static string? FindReason(PlanDraft draft, Finding finding, HostStore view)
    {
        StoreQuarantine quarantine = view.Store.Quarantine;
        if (draft.Policy.Only.Count > 1)
            return $"what is removed for good is a plan of its own: name {FindingIds.Quarantine} alone";
        if (!view.Store.QuarantineDirectory.StartsWith(view.Store.DataRoot) || !StoreLayout.IsQuarantined(StoreLayout.Place(view.Store, view.Store.QuarantineDirectory.Combine(new BytePath(quarantine.Entries[0].Name)))))
            return "the driver's directory is not at its usual place in the engine's root directory: look at what was set aside, and remove it by hand";
        TimeSpan grace = draft.Policy.QuarantineGrace;
        if (!draft.Report.Snapshot.Time.TryGet(out DateTimeOffset now) || quarantine.ModifiedAt is not { } since)
            return "since when nothing was moved in or out is not known";
        if (now - since < grace)
            return string.Create(CultureInfo.InvariantCulture, $"something was moved in or out on {since:yyyy-MM-dd HH:mm} UTC, less than {Describe(grace)} ago: wait, or name a shorter time");
        if (view.Store.Problems.Count > 0)
            return $"not everything of the store can be read, so nobody can say whether it is whole without what was set aside: {view.Store.Problems[0]}";
        if (draft.Report.Findings.FirstOrDefault(other => other.Severity >= FindingSeverity.Error && MayConcern(other, view)) is { } ill)
            return $"the store or its engine is ill ({ill.Id} on {ill.Subject}): what was set aside may be needed to mend it";
        if (draft.Table is not { } table || table.Resolve(view.Store.QuarantineDirectory) is not { } mount || table.Resolve(view.Home.DataRoot) != mount)
            return "the directory is a mount of its own, or on one: nobody can say whether it is the one that was filled";
        if (quarantine.Entries.FirstOrDefault(entry => entry.Inode is null || entry.ModifiedAt is null) is { } unknown)
            return $"{unknown.Name} cannot be known again: its inode or its time of change is not known";
        return null;
    }

    /// <summary>Whether a finding is about the store, or about the engine or the host that it is on.</summary>
    private static bool MayConcern(Finding finding, HostStore view)
    {
        FindingSubject subject = finding.Subject;
        if (!subject.Path.IsEmpty && (subject.Path.StartsWith(view.Store.DataRoot) || subject.Path.StartsWith(view.Home.Home) || view.Home.Home.StartsWith(subject.Path)))
            return true;
        return finding.Descriptor.HoldsFor(view.Store.Engine) && (subject.Store is { } kind
            ? kind == view.Store.Kind && subject.Path.IsEmpty
            : subject.Kind is FindingSubjectKind.Host or FindingSubjectKind.Kernel or FindingSubjectKind.FileSystem or FindingSubjectKind.Configuration);
    }

    private static RepairStep Purge(HostStore view, QuarantinedEntry entry)
    {
        BytePath path = view.Store.QuarantineDirectory.Combine(new BytePath(entry.Name));
        StorePlace place = StoreLayout.Place(view.Store, path);
        var identity = new EntryIdentity(entry.Type) { Inode = entry.Inode, ModifiedAt = entry.ModifiedAt };
        return new RepairStep
        {
            Title = $"Remove {path} with everything in it",
            Action = new PurgeAction(place, identity),
            Preconditions = [new IdentityPredicate(place, identity), new NoMountBelowPredicate(path), .. Unused(view, entry)],
            Postconditions = [new EntryPredicate(place, EntryState.Missing)],
            Risk = RepairRisk.R4,
            Effect = "none; what is in it is gone",
        };
    }

    /// <summary>Mounts name a layer as it was called when they were made, so also where it was before; unless another one is there now.</summary>
    private static IEnumerable<RepairPredicate> Unused(HostStore view, QuarantinedEntry entry)
    {
        yield return new LayerUnusedPredicate(view.Store.QuarantineDirectory.Combine(new BytePath(entry.Name)), view.Home.Home, []);
        if (!view.Store.TryGetLayer(entry.Name, out _))
            yield return new LayerUnusedPredicate(view.PathOf(entry.Name), view.Home.Home, []);
    }

    private static string Describe(TimeSpan time) => time.Ticks % TimeSpan.TicksPerDay == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{time.Days} days")
        : time.ToString("c", CultureInfo.InvariantCulture);
}
