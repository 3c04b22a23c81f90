using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Engines.Known;

/// <summary>The table of engines: the one place that names them all.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public static class KnownEngines
{
    /// <summary>All engines, in the order in which their stores are looked for.</summary>
    public static ImmutableArray<StorageEngine> All { get; } = [DockerEngine.Value, ContainersStorageEngine.Value, ContainerdEngine.Value];

    /// <summary>The names of the engines' programs, as <c>/proc/[pid]/comm</c> has them; anybody can call a program so.</summary>
    public static ImmutableHashSet<ByteString> Programs { get; } = [.. All.SelectMany(engine => engine.Programs).Select(ByteString.FromText)];

    /// <summary>The Docker Engine with a store of its own.</summary>
    public static StorageEngine Docker => DockerEngine.Value;

    /// <summary>containers/storage, the store of Podman, Buildah and CRI-O.</summary>
    public static StorageEngine ContainersStorage => ContainersStorageEngine.Value;

    /// <summary>containerd, whose store Docker can use too.</summary>
    public static StorageEngine Containerd => ContainerdEngine.Value;

    /// <summary>The engine whose configuration and own answer a snapshot holds.</summary>
    public static StorageEngine Configured { get; } = All.Single(engine => engine.IsConfigured);

    /// <summary>The engine of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public static StorageEngine Get(LayerStoreKind kind) => All.Single(engine => engine.Kind == kind);
}
