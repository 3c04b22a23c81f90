using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>What a running engine says of itself and its storage (<c>docker info</c>, the API's <c>/info</c>).</summary>
/// <remarks>Immutable and thread-safe. Members are <see langword="null"/> or empty where the engine did not say.</remarks>
public sealed partial record EngineInfo
{
    /// <summary>The engine's version, such as <c>20.10.24</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The storage driver in use, or the snapshotter of containerd's store.</summary>
    public string Driver { get; init; } = "";

    /// <summary>The engine's root directory; empty if not said.</summary>
    public BytePath DataRoot { get; init; }

    /// <summary>The type of the file system below it, as the engine names it (<c>extfs</c>).</summary>
    public string BackingFileSystem { get; init; } = "";

    /// <summary>Whether it takes the differences of layers from their upper directories.</summary>
    public bool? UsesNativeDiff { get; init; }

    /// <summary>Whether the file system's directory entries have types.</summary>
    public bool? ReportsEntryTypes { get; init; }

    /// <summary>Whether its store is containerd's (driver type <c>io.containerd.snapshotter.v1</c>).</summary>
    public bool? UsesContainerdStore { get; init; }

    /// <summary>The major part of <see cref="Version"/>; <see langword="null"/> if there is none.</summary>
    public int? MajorVersion => int.TryParse(Version.AsSpan()[..Math.Max(0, Version.IndexOf('.', StringComparison.Ordinal))],
        System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int major) ? major : null;
}
