using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>What decides, beside the configuration, whether an engine starts and with which driver. What is not known stays unset.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record EngineHost
{
    /// <summary>The engine's major version, such as 20 or 29.</summary>
    public int? MajorVersion { get; init; }

    /// <summary>The type of the file system below the data root, as mountinfo names it; empty if not known.</summary>
    public ByteString BackingFileSystem { get; init; }

    /// <summary>Whether that file system reports the type of directory entries (ext4 with <c>filetype</c>, XFS with <c>ftype=1</c>).</summary>
    public bool? ReportsEntryTypes { get; init; }

    /// <summary>Whether that file system has project quotas switched on.</summary>
    public bool? HasProjectQuota { get; init; }

    /// <summary>The drivers whose directory below the data root holds something, such as <c>overlay2</c>.</summary>
    public ImmutableArray<string> PriorDrivers { get; init; } = [];

    /// <summary>For a driver, whether kernel and programs that it needs are there, such as <c>overlay2</c> and the file system <c>overlay</c>.</summary>
    public ImmutableDictionary<string, bool> Carries { get; init; } = ImmutableDictionary<string, bool>.Empty;
}
