using System.Collections.Immutable;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Hosts;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>The findings that something is planned for, or said of, in the order in which that happens.</summary>
/// <remarks>
/// Covers first, then the other mounts: a stack or an orphan below a cover is dealt with when it can be seen. In a store names come before
/// what uses them, and what is missing before what is too much.
/// </remarks>
internal static class FindingRepairs
{
    /// <summary>The repairs, turn by turn; those of one turn come in the order of the report.</summary>
    private static readonly ImmutableArray<ImmutableArray<FindingRepair>> s_turns =
    [
        [new(FindingIds.SelfBindCover, CoverRepair.Plan), new(FindingIds.ForeignCover, CoverRepair.Plan)],
        [
            new(FindingIds.LostDisk, MountRepairs.RefuseLostDisk),
            new(FindingIds.StackedMounts, MountRepairs.PlanStack),
            new(FindingIds.LeakedMount, MountRepairs.PlanLeak),
            new(FindingIds.OrphanMount, MountRepairs.PlanOrphan),
            new(FindingIds.UnmountedContainer, MountRepairs.PlanUnmounted),
            new(FindingIds.MultiplyingMounts, (_, _) => "which of the copies are wanted only the one who made them knows: stop the container, unmount the copies from the last listed on, and mount the volume with rslave"),
            new(FindingIds.SharedUpper, (_, _) => "two file systems write to one directory: stop both writers, unmount the younger, and copy the upper directory aside before it is used again"),
            new(FindingIds.BusyUnmount, Unknown),
            new(FindingIds.LeakedSharedMemory, (_, finding) => $"whether a process still has it only umount(8) tells: umount {finding.Subject.Path}, in the mount namespace that the finding names; then remove the container once more"),
        ],
        [OfDriver(FindingIds.LostShortLinks, LinkRepairs.PlanAllShortLinks)],
        [OfDriver(FindingIds.WrongShortLink, LinkRepairs.PlanShortLink)],
        [OfDriver(FindingIds.BrokenLinkFile, LinkRepairs.PlanLinkFile)],
        [OfStore(FindingIds.IncompleteLayer, LayerRepairs.PlanParts)],
        [OfDriver(FindingIds.EmptyLower, LayerRepairs.PlanLower)],
        [OfDriver(FindingIds.BareLinkDirectory, LayerRepairs.PlanLower)],
        [OfDriver(FindingIds.MalformedLower, LayerRepairs.PlanLower)],
        [OfDriver(FindingIds.LowerLayers, LayerRepairs.PlanLowerLayers)],
        [OfDocker(FindingIds.LayerDatabaseEntry, RecordRepairs.PlanEntry)],
        [OfDocker(FindingIds.LostLayerId, RecordRepairs.PlanLostId)],
        [
            OfDocker(FindingIds.MissingChain, LostRecords.RefuseChain),
            OfDocker(FindingIds.LostImage, LostRecords.RefuseImage),
            OfDocker(FindingIds.LeftOverContainer, LostRecords.RefuseLeftOver),
            OfStore(FindingIds.MissingLayerRecord, (_, _, _) => "what the record held is in no other place of the store: copy what the container wrote from the upper directory of its layer; remove the container or image, and pull or load the image again"),
            OfStore(FindingIds.MissingMetadata, (_, _, _) => "what the database held is in no other place: do not start containerd before its root directory is copied; put back a copy of meta.db from a backup, or else start with an empty root directory and pull the images again"),
            OfStore(FindingIds.IncompleteImage, (_, _, _) => "content is in no other place of the store: pull the image again, which fetches what is missing (ctr images check names it)"),
            OfStore(FindingIds.UnusedSnapshot, (_, _, _) => $"containerd alone may change its records: ctr -n NAMESPACE snapshots rm NAME for each that the finding names, children first; where that answers busy, look for a mount of it ({FindingIds.LeakedMount}, {FindingIds.OrphanMount}) first"),
            OfStore(FindingIds.DanglingRecord, (_, _, _) => "what a record should name is known to no other rule: see the evidence; where a container or image is concerned, copy what it needs before it is removed and made again"),
            OfStore(FindingIds.UnfinishedLayer, (_, _, _) => "whether the layer is whole only a person can tell: copy the store, or what containers above it wrote, before any command of the engine; then pull or load the images again"),
        ],
        [OfStore(FindingIds.VolatileLayer, WorkRepairs.PlanVolatile)],
        [OfStore(FindingIds.ReadOnlyOverlay, WorkRepairs.PlanUncleanable)],
        [OfStore(FindingIds.MissingLayer, (draft, finding, view) => LostLayers.Refuse(draft, finding, view, finding.Subject.Id))],
        [OfStore(FindingIds.EmptiedFiles, (_, _, _) => "what the files held is in no other place of the store: pull every image that has the layer again, after the engine no longer has it; order: first get the image elsewhere, then remove, then load")],
        [OfStore(FindingIds.LossyCopy, (_, _, _) => "what the copy lost is in no other place of the store: copy it again from the original with its devices, extended attributes and hard links, with the engine stopped, or pull the images again")],
        [OfStore(FindingIds.BlockedRemoval, RemovalRepairs.Plan)],
        [OfStore(FindingIds.OrphanLayer, OrphanRepairs.Plan)],
        [OfDriver(FindingIds.UnusedShortLink, LinkRepairs.PlanUnused) with { IsPlannedAnyway = true }],
        [
            new(FindingIds.Quarantine, QuarantineRepairs.Plan) { IsOnlyWhenNamed = true },
            OfConfiguration(FindingIds.StaleIndex, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.NativeDiff, ModuleParameterRepair.Plan),
            OfConfiguration(FindingIds.Quota, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.SettingGivenTwice, ConfigurationRepairs.PlanGivenTwice),
            OfConfiguration(FindingIds.RemovedOption, ConfigurationRepairs.PlanRemovedOption),
            OfConfiguration(FindingIds.SeveralStores, DriverChoiceRepair.Plan),
            OfConfiguration(FindingIds.RemovedDriver, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.FallbackDriver, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.SwitchedStore, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.ContainerdRoot, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.NestedEngine, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.UnusableConfiguration, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.ImageStoreConflict, ConfigurationRefusals.Refuse),
            OfConfiguration(FindingIds.NoSubordinateIds, ConfigurationRefusals.Refuse),
        ],
    ];

    private static readonly Dictionary<string, (FindingRepair Repair, int Turn)> s_byId = s_turns
        .SelectMany((repairs, turn) => repairs.Select(repair => (Repair: repair, Turn: turn)))
        .ToDictionary(entry => entry.Repair.Id, StringComparer.Ordinal);

    /// <summary>The ids that something is planned for, or said of.</summary>
    public static IEnumerable<string> Ids => s_byId.Keys;

    public static FindingRepair? Find(string id) => s_byId.TryGetValue(id, out (FindingRepair Repair, int Turn) found) ? found.Repair : null;

    /// <summary>When findings of an id have their turn; those that nothing is known of come last.</summary>
    public static int TurnOf(string id) => s_byId.TryGetValue(id, out (FindingRepair Repair, int Turn) found) ? found.Turn : s_turns.Length;

    /// <summary>What is said of a finding that nothing is planned for.</summary>
    public static string Unknown(PlanDraft draft, Finding finding) =>
        draft.HasCovers ? "first what covers the store has to go; then diagnose again" : $"there is no automatic repair; see {finding.HelpLink}";

    private static FindingRepair OfConfiguration(string id, Func<PlanDraft, Finding, string?> plan) => new(id, plan) { NeedsMounts = false };

    private static FindingRepair OfStore(string id, Func<PlanDraft, Finding, HostStore, string?> plan) => new(id, (draft, finding) =>
        StoreRepairs.FindStore(draft, finding, out HostStore? view) ?? plan(draft, finding, view!));

    // A rule of the caller's may report one of these ids about any store.
    private static FindingRepair OfDriver(string id, Func<PlanDraft, Finding, HostDriverStore, string?> plan) => OfStore(id, (draft, finding, view) =>
        view is HostDriverStore driver ? plan(draft, finding, driver) : Unknown(draft, finding));

    private static FindingRepair OfDocker(string id, Func<PlanDraft, Finding, DockerClassicStore, string?> plan) => OfStore(id, (draft, finding, view) =>
        view.Store is DockerClassicStore store ? plan(draft, finding, store) : Unknown(draft, finding));
}
