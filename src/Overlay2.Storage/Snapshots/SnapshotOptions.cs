using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

/// <summary>What <see cref="StorageSnapshot.CaptureAsync"/> looks at.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record SnapshotOptions
{
    /// <summary>The options used where none are given.</summary>
    public static SnapshotOptions Default { get; } = new();

    /// <summary>Where the host's root directory is: <c>/</c>, or for instance <c>/host</c> in a container, with the host's <c>/proc</c> in it.</summary>
    public BytePath HostRoot { get; init; } = BytePath.Root;

    /// <summary>The Docker Engine's root directory on the host; empty for the one that its configuration names. With it no other store is looked for.</summary>
    public BytePath DataRoot { get; init; }

    /// <summary>The stores to read; with some no other store is looked for. Without any they are found by configuration, running engines, mounts and default places.</summary>
    public ImmutableArray<StoreLocation> Stores { get; init; } = [];

    /// <summary>The engine's process id, as the host's <c>/proc</c> shows it; without one, that of <c>/var/run/docker.pid</c>, if that is root's or the caller's own in the host's namespaces.</summary>
    /// <remarks>Of a running engine the mounts are those of its own mount namespace.</remarks>
    public int? EngineProcessId { get; init; }

    /// <summary>Whether the mounts of all other mount namespaces are read too, of which there is one for each container; default <see langword="true"/>. Without them nothing is
    /// known of mounts that are left over there, or of who else uses a layer.</summary>
    public bool AllNamespaces { get; init; } = true;

    /// <summary>The most bytes of text that are read of the tables of all mount namespaces together; default 64 MiB, of some 15,000 containers with 30 mounts each;
    /// and the most bytes that those of other namespaces may take of a file, a comma counted as the 16 bytes that loading wants for it. A namespace whose mounts are beyond it is in the
    /// snapshot with its processes, and its mounts are not known: <see cref="MountNamespaceScannerOptions.MaxTotalBytes"/> says which are read first.</summary>
    public long MaxNamespaceBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 64 << 20;

    /// <summary>Whether the files of every container's layer are looked through; default <see langword="false"/>: only those of containers
    /// whose removal was begun and did not end.</summary>
    public bool ScanUppers { get; init; }

    /// <summary>The limits of reading a store. <see cref="StoreReadOptions.HostRoot"/> is not used.</summary>
    public StoreReadOptions Store { get; init; } = StoreReadOptions.Default;

    /// <summary>Tells the time of the snapshot.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
