using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Hosts;

/// <summary>A container of any engine: what its record says, joined with the processes of the host.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class HostContainer
{
    internal HostContainer(StoredContainer stored, HostView host)
    {
        Stored = stored;
        ProcessId = stored.Evidence == RunningEvidence.ControlGroup ? host.FindProcess(stored.Id)?.ProcessId ?? 0 : stored.ProcessId;
        IsRunning = stored.Evidence switch
        {
            RunningEvidence.ControlGroup => ProcessId != 0,
            RunningEvidence.Process => stored.IsNotedRunning && (!host.Snapshot.Processes.IsKnown || host.FindProcess(ProcessId) is not null),
            _ => stored.IsNotedRunning,
        };
    }

    /// <summary>What the record says.</summary>
    public StoredContainer Stored { get; }

    /// <summary>Its id.</summary>
    public ByteString Id => Stored.Id;

    /// <summary>The name under which a person knows it.</summary>
    public string Name => Stored.Name;

    /// <summary>Where the engine notes it.</summary>
    public BytePath Path => Stored.Path;

    /// <summary>See <see cref="StoredContainer.LayerId"/>.</summary>
    public ByteString LayerId => Stored.LayerId;

    /// <summary>See <see cref="StoredContainer.RootFileSystem"/>.</summary>
    public BytePath RootFileSystem => Stored.RootFileSystem;

    /// <summary>Whether it is noted as running; of engines that note no such thing, whether a process of it was seen.</summary>
    public bool IsRunning { get; }

    /// <summary>Whether the engine notes in its records which containers run.</summary>
    public bool IsNoted => Stored.Evidence != RunningEvidence.ControlGroup;

    /// <summary>Its first process, or one that was seen; 0 if none is known.</summary>
    public int ProcessId { get; }

    /// <summary>Between two tries of a restart policy.</summary>
    public bool IsRestarting => Stored.IsRestarting;

    /// <summary>See <see cref="StoredContainer.IsBeingRemoved"/>.</summary>
    public bool IsBeingRemoved => Stored.IsBeingRemoved;
}
