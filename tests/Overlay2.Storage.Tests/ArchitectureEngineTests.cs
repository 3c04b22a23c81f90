using Overlay2.Storage.Engines.Known;

namespace Overlay2.Storage.Tests;

/// <summary>What is special about one engine stays in its folder; outside, only findings that are about one engine by nature know its records.</summary>
public sealed class ArchitectureEngineTests
{
    private static readonly string[] s_folders = [.. KnownEngines.All.Select(engine => engine.StoreType.Namespace!.Split('.')[^1])];

    /// <summary>Who knows the records of one engine, and for which findings.</summary>
    private static readonly string[] s_known =
    [
        "Diagnosis.BlockedRemovalRule", // OVL0115: a removal that Docker has begun.
        "Diagnosis.IncompleteImageRule", // OVL0124: containerd's content.
        "Diagnosis.LayerDatabaseEntryRule", // OVL0108: Docker's layer database.
        "Diagnosis.LeftOverContainerRule", // OVL0119: Docker's containers.
        "Diagnosis.LostIdRule", // OVL0114: Docker's layer database.
        "Diagnosis.LostImageRule", // OVL0118: Docker's images.
        "Diagnosis.MissingChainRule", // OVL0117: Docker's layer database.
        "Diagnosis.MissingLayerRecordRule", // OVL0120: the records of containers/storage.
        "Diagnosis.MissingMetadataRule", // OVL0123: containerd's database.
        "Diagnosis.SwitchedStoreRule", // OVL0606: Docker's two stores.
        "Diagnosis.UnfinishedLayerRule", // OVL0121: the records of containers/storage.
        "Diagnosis.UnusedSnapshotRule", // OVL0125: what keeps a snapshot of containerd.
        "Repair.ConfigurationRefusals", // OVL0606.
        "Repair.DriverChoiceRepair", // OVL0603: Docker's drivers.
        "Repair.FindingRepairs", // OVL0108, OVL0114.
        "Repair.LostLayers", // OVL0108.
        "Repair.LostRecords", // OVL0117 to OVL0119.
        "Repair.MemoryStore", // OVL0108, OVL0114, rehearsed.
        "Repair.ModuleParameterRepair", // OVL0302: Docker's native diff.
        "Repair.RecordRepairs", // OVL0108, OVL0114.
        "Snapshots.StorageSnapshot", // FromFiles: a copy of Docker's root directory.
    ];

    [Fact]
    public void Only_findings_about_one_engine_know_its_records() => Assert.Equal(s_known, ArchitectureMap.Uses
        .Where(static use => use.User.Room != "Engines" && use.Used.Room == "Engines" && s_folders.Contains(use.Used.Sub, StringComparer.Ordinal))
        .Select(static use => $"{use.User.Room}.{use.User.Name}").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Only_the_table_of_engines_knows_them_all() => Assert.Equal(["KnownEngines"], ArchitectureMap.Uses
        .Where(static use => use.User.Room == "Engines" && !s_folders.Contains(use.User.Sub, StringComparer.Ordinal) && s_folders.Contains(use.Used.Sub, StringComparer.Ordinal))
        .Select(static use => use.User.Name).Distinct());
}
