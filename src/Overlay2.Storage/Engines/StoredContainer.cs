using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A container of any engine, as its store's records tell of it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoredContainer
{
    /// <summary>Its id; of containerd unique in its namespace only.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The name under which a person knows it.</summary>
    public required string Name { get; init; }

    /// <summary>Where the engine notes it, on the host.</summary>
    public required BytePath Path { get; init; }

    /// <summary>The writable layer, which is mounted while the container runs; empty where the record has lost it.</summary>
    public ByteString LayerId { get; init; }

    /// <summary>A layer below that belongs to this container alone; empty where there is none.</summary>
    public ByteString InitLayerId { get; init; }

    /// <summary>Where its root file system is mounted, whatever kind of mount it is; empty where that is in the layer's directory.</summary>
    public BytePath RootFileSystem { get; init; }

    /// <summary>What tells whether it runs.</summary>
    public RunningEvidence Evidence { get; init; }

    /// <summary>Whether the record says that it runs; of no meaning without a record.</summary>
    public bool IsNotedRunning { get; init; }

    /// <summary>Its first process as noted; 0 if none is.</summary>
    public int ProcessId { get; init; }

    /// <summary>Between two tries of a restart policy.</summary>
    public bool IsRestarting { get; init; }

    /// <summary>Its removal was begun, or was begun and failed: its parts may be gone already.</summary>
    public bool IsBeingRemoved { get; init; }

    /// <summary>Whether the engine removes it, with what it has written, as soon as it stops.</summary>
    public bool IsRemovedOnStop { get; init; }
}
