using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Repair;

/// <summary>The machine that a plan is carried out on: <see cref="LinuxHost"/>, or <see cref="MemoryHost"/>, which is a captured one.</summary>
/// <remarks>
/// Only the library touches it, through what its actions need: each names its subject so that it is known again, and acts on that one or on nothing.
/// Used by one executor at a time; not thread-safe.
/// </remarks>
public abstract class RepairHost
{
    private protected RepairHost()
    {
    }

    /// <summary>Its mounts.</summary>
    internal abstract IMountOperations Mounts { get; }

    /// <summary>What is in its stores.</summary>
    internal abstract IEntryOperations Entries { get; }

    /// <summary>What its engine and its kernel are told.</summary>
    internal abstract IConfigurationOperations Configuration { get; }

    /// <summary>Captures the host as it is now, for a diagnosis.</summary>
    /// <param name="cancellationToken">Ends the capture early.</param>
    /// <exception cref="IOException">The engine that was meant does not run any more.</exception>
    public abstract Task<StorageSnapshot> CaptureAsync(CancellationToken cancellationToken);

    /// <summary>Begins a run: until it ends, no other one works on the same stores or mounts.</summary>
    /// <param name="plan">What the run is about.</param>
    /// <param name="run">To be disposed at its end; <see langword="null"/> where nothing is held.</param>
    /// <returns>Why it cannot begin now; <see langword="null"/> if it can.</returns>
    /// <exception cref="RepairJournalException">There is no place for the locks.</exception>
    internal virtual string? TryBegin(RepairPlan plan, out IDisposable? run)
    {
        run = null;
        return null;
    }

    /// <summary>Whether the Docker Engine runs whose configuration, or process id, was given.</summary>
    internal abstract bool IsEngineRunning();
}
