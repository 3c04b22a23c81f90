using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis.Views;

/// <summary>A container of any engine, with what rules ask of it.</summary>
internal sealed record ContainerView
{
    public required ByteString Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Where the engine notes it.</summary>
    public required BytePath Path { get; init; }

    /// <summary>The writable layer, which is mounted while the container runs; empty where the record has lost it.</summary>
    public ByteString LayerId { get; init; }

    /// <summary>A layer below that belongs to this container alone; empty where there is none.</summary>
    public ByteString InitLayerId { get; init; }

    /// <summary>Where its root file system is mounted, whatever kind of mount it is; empty where that is in the layer's directory.</summary>
    public BytePath RootFileSystem { get; init; }

    /// <summary>Whether the engine noted it as running; of engines that note no such thing, whether a process of it was seen.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether the engine notes in its records which containers run.</summary>
    public bool IsNoted { get; init; } = true;

    /// <summary>Its first process, or one that was seen; 0 if none is known.</summary>
    public int ProcessId { get; init; }

    /// <summary>Between two tries of a restart policy.</summary>
    public bool IsRestarting { get; init; }

    /// <summary>Its removal was begun, or was begun and failed: its parts may be gone already.</summary>
    public bool IsBeingRemoved { get; init; }

    /// <param name="container">The container.</param>
    /// <param name="store">Its store.</param>
    /// <param name="hasProcess">Whether a process is there; <see langword="null"/> where that is not known.</param>
    public static ContainerView Of(ContainerdContainer container, ContainerdSnapshotStore store, Func<int, bool?> hasProcess)
    {
        ContainerdSnapshot? snapshot = null;
        if (container.Snapshotter == ContainerdNames.Overlayfs)
            store.TryGetSnapshot(container.Namespace, container.SnapshotName, out snapshot);
        store.TryGetTask(container, out ContainerdTask? task);
        return new ContainerView
        {
            Id = container.Id,
            Name = $"{container.Namespace}/{container.Id}",
            Path = store.DataRoot.Combine(ContainerdNames.Metadata),
            LayerId = snapshot?.LayerId ?? default,
            RootFileSystem = task?.RootFileSystem ?? default,

            // A task that ended keeps its mount until its client removes it.
            IsRunning = task?.ProcessId is { } processId && hasProcess(processId) != false,
            ProcessId = task?.ProcessId ?? 0,
        };
    }

    public static ContainerView Of(DockerContainer container, DockerClassicStore store)
    {
        store.TryGetContainerLayer(container.Id, out DockerContainerLayer? layer);
        return new ContainerView
        {
            Id = container.Id,
            Name = container.Name,
            Path = store.DataRoot.Combine(DockerNames.Containers).Combine(new BytePath(container.Id)),
            LayerId = layer?.MountId.Trimmed ?? default,
            InitLayerId = layer?.InitId.Trimmed ?? default,
            IsRunning = container.IsRunning,
            ProcessId = container.ProcessId,
            IsRestarting = container.IsRestarting,
            IsBeingRemoved = container.IsDead || container.IsRemovalInProgress,
        };
    }

    public static ContainerView Of(ContainersContainer container, ContainersStorageStore store, DiagnosisContext context)
    {
        SnapshotProcess? process = context.FindProcess(container.Id);
        return new ContainerView
        {
            Id = container.Id,
            Name = container.Name,
            Path = store.DataRoot.Combine(ContainersNames.ContainerDirectories).Combine(new BytePath(container.Id)),
            LayerId = container.LayerId,
            IsNoted = false,
            IsRunning = process is not null,
            ProcessId = process?.ProcessId ?? 0,
        };
    }
}
