using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Engines.Docker;

// What a capture asks a store.
public sealed partial record DockerClassicStore : ILayerStore
{
    /// <summary>One that waits for its next start has no process and is noted so.</summary>
    bool ILayerStore.IsBetweenTwoMoments(IReadOnlyDictionary<int, string>? containerOfProcess) =>
        containerOfProcess is not null && Containers.Any(container => container is { IsRunning: true, IsRestarting: false }
            && (!containerOfProcess.TryGetValue(container.ProcessId, out string? id) || (id.Length > 0 && container.Id != ByteString.FromText(id))));

    IEnumerable<StoredLayer> ILayerStore.FindScannedLayers(bool all)
    {
        HashSet<ByteString> ids = [];
        foreach (DockerContainerLayer layer in ContainerLayers)
        {
            if (all || (TryGetContainer(layer.ContainerId, out DockerContainer? container) && (container.IsDead || container.IsRemovalInProgress)))
                ids.Add(layer.MountId.Trimmed);
        }

        return Layers.Where(layer => layer.Diff == StoreEntryType.Directory && ids.Contains(layer.Id));
    }

    bool ILayerStore.TryFindDriverHomes(IFileTree tree, out ImmutableArray<BytePath> homes, [NotNullWhen(false)] out StoreProblem? problem) =>
        DriverHomeFinder.TryFind(tree, DataRoot, out homes, out problem);
}
