using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>OVL0603: names the driver whose store is the one in use, where that is certain.</summary>
internal static class DriverChoiceRepair
{
    public static string? Plan(PlanDraft draft, Finding finding)
    {
        if (draft.HasCovers)
            return "first what covers the store has to go; then diagnose again";

        if (!draft.Host.Configuration.TryGet(out EngineConfiguration? configuration))
            return FindingRepairs.Unknown(draft, finding);

        EngineConfiguration next = configuration.NextStart;
        EngineHost host = draft.Host.HostOf(next);
        if (FindDriver(draft, host, new BytePath(next.DataRoot.Value)) is not { } driver)
            return $"which of the stores ({string.Join(", ", host.PriorDrivers)}) is the one in use only a person knows: look at what each of them holds, write \"storage-driver\" with its name into {next.ConfigurationFile}, and delete nothing before the engine shows what it should";

        return ConfigurationRepairs.FindEdits(draft, files => StorageDriverChange.Plan(files, driver), out ImmutableArray<ConfigurationEdit> edits)
            ?? ConfigurationRepairs.Add(
                draft, finding, edits, file => $"Name the storage driver {driver}, whose store is the one in use, in {file}", RepairRisk.R1,
                "none before the engine's next start, which then takes this store; the others stay as they are");
    }

    /// <summary>What the engine says, or else the one driver that the containers were made with and that holds images or containers.</summary>
    private static string? FindDriver(PlanDraft draft, EngineHost host, BytePath dataRoot)
    {
        if (draft.Report.Snapshot.Engine.TryGet(out EngineInfo? engine) && engine.UsesContainerdStore != true && engine.DataRoot.IsSamePlace(dataRoot)
            && host.PriorDrivers.Contains(engine.Driver, StringComparer.Ordinal))
            return engine.Driver;

        DockerClassicStore? store = draft.Host.Homes.Where(home => home.DataRoot.IsSamePlace(dataRoot)).Select(home => home.Store).OfType<DockerClassicStore>().FirstOrDefault();
        if (store is null || !host.PriorDrivers.Contains(StorageDriverRules.Overlay2, StringComparer.Ordinal) || (store.ImageLayers.Count == 0 && store.Containers.Count == 0))
            return null;

        // The engine keeps the notes of containers in one place, whatever their driver.
        if (store.Containers.Count > 0)
            return store.Containers.All(container => container.Driver == StorageDriverRules.Overlay2) ? StorageDriverRules.Overlay2 : null;
        bool isOnly = host.PriorDrivers.All(driver => driver is StorageDriverRules.Overlay2 or StorageDriverRules.Vfs
            || (driver is StorageDriverRules.Btrfs or StorageDriverRules.Zfs && !host.BackingFileSystem.IsEmpty && host.BackingFileSystem != ByteString.FromText(driver)));
        return isOnly ? StorageDriverRules.Overlay2 : null;
    }
}
