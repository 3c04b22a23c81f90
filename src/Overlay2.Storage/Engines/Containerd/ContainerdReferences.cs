using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Containerd;

/// <summary>Which directories of a <see cref="ContainerdSnapshotStore"/> are needed: those of the snapshotter's database.</summary>
internal sealed class ContainerdReferences
{
    public ContainerdReferences(ContainerdSnapshotStore store, ContainerdIndex index)
    {
        BytePath database = store.DriverHome.Combine(ContainerdNames.SnapshotDatabase);
        BytePath directories = store.DriverHome.Combine(ContainerdNames.Snapshots);
        List<LayerReference> references = new(store.Snapshots.Count);
        foreach (ContainerdSnapshot snapshot in store.Snapshots)
        {
            ByteString name = index.NamesByKey.TryGetValue(snapshot.Key, out ContainerdSnapshotName? found) ? found.Name : snapshot.Key;
            references.Add(index.ContainersByKey.TryGetValue(snapshot.Key, out ContainerdContainer? container)
                ? new LayerReference(snapshot.LayerId, LayerReferenceKind.ContainerLayer, container.Id, database)
                : new LayerReference(snapshot.LayerId, snapshot.Kind == ContainerdSnapshotKind.Committed ? LayerReferenceKind.ImageLayer : LayerReferenceKind.Snapshot, name, database));
        }

        List<StoreProblem> problems = [.. store.ReadProblems.Where(problem => problem.Path.StartsWith(database) || (problem.Path == directories && problem.Reason == StoreProblemReason.Changed))];
        if (store.Snapshots.Count == 0 && store.Layers.Count > 0 && problems.Count == 0)
            problems.Add(new StoreProblem(database, StoreOperation.Open, StoreProblemReason.NotFound, "there are directories of snapshots, and no record of any"));
        All = references;
        Problems = problems;
    }

    public IReadOnlyList<LayerReference> All { get; }

    public IReadOnlyList<StoreProblem> Problems { get; }
}
