namespace Overlay2.Storage.Tests;

/// <summary>A room meets another by its public members; only <c>Interop</c> and <c>Bytes</c> are there to be reached into.</summary>
public sealed class ArchitectureReachTests
{
    /// <summary>What a room uses of another that is not public, sorted, as <c>user -> used: type or Type.Member</c>, with the reason for each pair
    /// of rooms. Whoever needs one more has to say here why a public seam will not do.</summary>
    private static readonly string[] s_known =
    [
        // Engines read their own configuration files with the one reader of TOML, and redaction knows the names of directives; neither is for callers.
        "Engines -> Configuration: DaemonJson",
        "Engines -> Configuration: EngineDirective",
        "Engines -> Configuration: EngineDirectives",
        "Engines -> Configuration: HostDirectory",
        "Engines -> Configuration: TomlProblem",
        "Engines -> Configuration: TomlSettings",

        // The host writes files as planned, and a plan may name only files that units are made of.
        "Repair -> Configuration: ConfigurationEdit.ctor",
        "Repair -> Configuration: ConfigurationFile.Remove",
        "Repair -> Configuration: SecretFilter",
        "Repair -> Configuration: ServiceUnit",

        // Store repairs work with what a store has twice, and rehearse on a store that they change.
        "Repair -> Engines: DockerNames",
        "Repair -> Engines: ExpectedValue.FromSources",
        "Repair -> Engines: ExpectedValue.Unknown",
        "Repair -> Engines: FileTreeStatus",
        "Repair -> Engines: OverlayDriverStore.LayersAboveOthers",
        "Repair -> Engines: OverlayDriverStore.MayHaveLayerAbove",
        "Repair -> Engines: StoreChange",
        "Repair -> Engines: StoreQuarantine.Suffix",

        // A machine in memory makes mount entries; the live one enters other mount namespaces.
        "Repair -> Mounts: MountEntry.At",
        "Repair -> Mounts: MountEntry.FileSystemType",
        "Repair -> Mounts: MountEntry.Index",
        "Repair -> Mounts: MountEntry.Major",
        "Repair -> Mounts: MountEntry.Minor",
        "Repair -> Mounts: MountEntry.MountId",
        "Repair -> Mounts: MountEntry.MountPoint",
        "Repair -> Mounts: MountEntry.OptionalFields",
        "Repair -> Mounts: MountEntry.Options",
        "Repair -> Mounts: MountEntry.ParentId",
        "Repair -> Mounts: MountEntry.Root",
        "Repair -> Mounts: MountEntry.Source",
        "Repair -> Mounts: MountEntry.SuperOptions",
        "Repair -> Mounts: MountEntry.ctor",
        "Repair -> Mounts: MountInfoFile",
        "Repair -> Mounts: MountTable.FromEntries",
        "Repair -> Mounts: ProcessDirectory",

        // The host sees the engine as a capture does.
        "Repair -> Snapshots: EngineView",

        // One classifier says what of any text is secret; of configuration that is a matter of its syntax.
        "Snapshots -> Configuration: SecretFilter",

        // A capture looks at the same directory entries as the detector.
        "Snapshots -> Detection: DirectoryEntryTypes",

        // How stores are found, read, saved and redacted is between a capture and the engines, and nothing for callers.
        "Snapshots -> Engines: DockerClassicStore.Read",
        "Snapshots -> Engines: DockerNames",
        "Snapshots -> Engines: EngineSearch",
        "Snapshots -> Engines: FileTreeEntry",
        "Snapshots -> Engines: FileTreeStatus",
        "Snapshots -> Engines: FoundPlace",
        "Snapshots -> Engines: IFileTree",
        "Snapshots -> Engines: ILayerStore.FindScannedLayers",
        "Snapshots -> Engines: ILayerStore.IsBare",
        "Snapshots -> Engines: ILayerStore.IsBetweenTwoMoments",
        "Snapshots -> Engines: ILayerStore.Redact",
        "Snapshots -> Engines: ILayerStore.TryFindDriverHomes",
        "Snapshots -> Engines: LiveFileTree",
        "Snapshots -> Engines: MountedOverlay",
        "Snapshots -> Engines: RecordedFileTree",
        "Snapshots -> Engines: Redactor",
        "Snapshots -> Engines: RunningEngine",
        "Snapshots -> Engines: StorageEngine.Complete",
        "Snapshots -> Engines: StorageEngine.FileMember",
        "Snapshots -> Engines: StorageEngine.FileTypes",
        "Snapshots -> Engines: StorageEngine.FindPlaces",
        "Snapshots -> Engines: StorageEngine.FindUsualHomes",
        "Snapshots -> Engines: StorageEngine.MeasuredDirectories",
        "Snapshots -> Engines: StorageEngine.Read",
        "Snapshots -> Engines: StorageEngine.StoreType",
        "Snapshots -> Engines: StorageEngine.Unread",
        "Snapshots -> Engines: StorageEngine.WellKnownNames",
        "Snapshots -> Engines: StoreReadOptions.KnowsMountIds",

        // A profile has one form in files.
        "Snapshots -> Kernel: KernelProfile.Read",
        "Snapshots -> Kernel: KernelProfile.ToFile",
        "Snapshots -> Kernel: KernelProfileFile",

        // Paths in options are redacted, and upper directories looked for, without a whole parse.
        "Snapshots -> MountOptions: OverlayMountOptions.WithPaths",
        "Snapshots -> MountOptions: UpperDirectoryOption",

        // Tables are loaded as of one moment, saved as lines, and redacted by making new entries.
        "Snapshots -> Mounts: MountEntry.FileSystemType",
        "Snapshots -> Mounts: MountEntry.Index",
        "Snapshots -> Mounts: MountEntry.Major",
        "Snapshots -> Mounts: MountEntry.Minor",
        "Snapshots -> Mounts: MountEntry.MountId",
        "Snapshots -> Mounts: MountEntry.MountPoint",
        "Snapshots -> Mounts: MountEntry.OptionalFields",
        "Snapshots -> Mounts: MountEntry.Options",
        "Snapshots -> Mounts: MountEntry.ParentId",
        "Snapshots -> Mounts: MountEntry.Root",
        "Snapshots -> Mounts: MountEntry.Source",
        "Snapshots -> Mounts: MountEntry.SuperOptions",
        "Snapshots -> Mounts: MountEntry.ToLine",
        "Snapshots -> Mounts: MountEntry.UniqueId",
        "Snapshots -> Mounts: MountEntry.ctor",
        "Snapshots -> Mounts: MountInfoFile",
        "Snapshots -> Mounts: MountTable.FromEntries",
        "Snapshots -> Mounts: MountTable.WithBadLines",
        "Snapshots -> Mounts: MountTableException.ctor",
        "Snapshots -> Mounts: MountTableSource.Load",
        "Snapshots -> Mounts: ProcessDirectory",
    ];

    private static readonly string[] s_openRooms = ["Interop", "Bytes"];

    [Fact]
    public void Rooms_reach_into_one_another_only_where_it_is_known()
    {
        List<string> differences = Differences(ArchitectureMap.Uses, s_known);

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }

    [Fact]
    public void What_is_known_is_sorted() => Assert.Equal(s_known.Order(StringComparer.Ordinal), s_known);

    [Fact]
    public void The_check_itself_sees_uses_that_exist()
    {
        // A whole type, a member of a public type, and a use from within a lambda.
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "LiveHost", Used.Room: "Interop", Internal: "FileSystemStatus" });
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "TreeCounter", Used.Name: "OverlaySimulator", Internal: "OverlaySimulator.Mount" });
        Assert.Contains(ArchitectureMap.Uses, static use => use is { User.Name: "LiveHost", Used.Name: "SimulationSetup", IsReach: false });
    }

    [Fact]
    public void The_check_itself_finds_what_is_new_and_what_is_gone()
    {
        var user = new ArchitectureType("Layers", "", "LiveHost");
        ArchitectureUse[] uses =
        [
            new(user, new("Simulation", "Backing", "Journal"), "Journal"),
            new(user, new("Simulation", "", "OverlaySimulator"), ""),
            new(user, new("Interop", "", "LibC"), "LibC"),
        ];

        Assert.Empty(Differences(uses, ["Layers -> Simulation: Journal"]));
        Assert.Equal(["New: Layers -> Simulation: Journal (LiveHost)"], Differences(uses, []));
        Assert.Equal(["Gone: Layers -> Simulation: Clock"], Differences(uses, ["Layers -> Simulation: Clock", "Layers -> Simulation: Journal"]));
    }

    private static List<string> Differences(IEnumerable<ArchitectureUse> uses, string[] known)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (IGrouping<string, ArchitectureUse> reach in uses
            .Where(static use => use.IsReach && use.User.Room != use.Used.Room && !s_openRooms.Contains(use.Used.Room, StringComparer.Ordinal))
            .GroupBy(static use => $"{use.User.Room} -> {use.Used.Room}: {use.Internal}", StringComparer.Ordinal))
        {
            found.Add(reach.Key, string.Join(", ", reach.Select(static use => use.User.Name).Distinct().Order(StringComparer.Ordinal)));
        }

        return
        [
            .. found.Where(reach => !known.Contains(reach.Key, StringComparer.Ordinal)).Select(static reach => $"New: {reach.Key} ({reach.Value})"),
            .. known.Where(reach => !found.ContainsKey(reach)).Select(static reach => "Gone: " + reach),
        ];
    }
}
