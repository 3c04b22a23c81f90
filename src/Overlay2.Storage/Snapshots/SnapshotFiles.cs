using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>Files that a snapshot is put together from by hand, for instance those of a support case. Empty paths are left out.</summary>
/// <remarks>Immutable and thread-safe. Nothing is opened before <see cref="StorageSnapshot.FromFiles"/>.</remarks>
public sealed record SnapshotFiles
{
    /// <summary>A file with the text of the engine's mountinfo.</summary>
    public BytePath MountInfo { get; init; }

    /// <summary>A copy of the engine's root directory, or a file with a recorded one (JSON, also compressed with gzip).</summary>
    public BytePath Store { get; init; }

    /// <summary>Where that root directory is on its host; empty for the place that a recorded one names, or else <c>/var/lib/docker</c>.</summary>
    public BytePath DataRoot { get; init; }

    /// <summary>A directory that holds copies of the host's configuration files at their places (<c>etc/docker/daemon.json</c>, <c>etc/fstab</c>).</summary>
    public BytePath Configuration { get; init; }

    /// <summary>A file with what the engine says of itself; see <see cref="EngineInfo.Parse"/>.</summary>
    public BytePath EngineInfo { get; init; }

    /// <summary>A file with the profile of the kernel; see <see cref="Kernel.KernelProfile.Parse"/>.</summary>
    public BytePath KernelProfile { get; init; }

    /// <summary>A file with lines of the kernel's log; or <c>/dev/kmsg</c>, of which is read what the kernel still has.</summary>
    public BytePath KernelLog { get; init; }

    /// <summary>A file with lines of the engine's log.</summary>
    public BytePath EngineLog { get; init; }
}
