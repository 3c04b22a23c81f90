using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>What the engine noted of a container: <c>containers/ID/config.v2.json</c> and <c>hostconfig.json</c>.</summary>
/// <remarks>
/// Immutable and thread-safe. It is the engine's note, not the present: after the engine was killed it still says "running". Of the
/// two files only what is named here is kept; environment and arguments, which can hold secrets, are not. Where <see cref="Problem"/> is
/// set, members may have their defaults. Source: observed on Docker 20.10.
/// </remarks>
public sealed record DockerContainer
{
    /// <summary>The container's id: the name of its directory.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The container's name without the leading <c>/</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The digest of the container's image.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>The image as it was asked for, for example <c>app:1</c>.</summary>
    public string ImageReference { get; init; } = "";

    /// <summary>The storage driver that the container was made with.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Whether it is of another storage driver, whose images and layers are in directories of their own.</summary>
    internal bool IsElsewhere => Driver.Length > 0 && Driver != "overlay2";

    /// <summary>Whether its directory holds no notes at all: the engine does not know it, and left the directory behind.</summary>
    [JsonIgnore]
    public bool IsLeftOver => Problem is { Reason: StoreProblemReason.NotFound } problem && problem.Path.FileName == DockerNames.Configuration.Bytes;

    /// <summary>Whether the engine noted it as running; also true while paused or restarting.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether it is between two tries of its restart policy.</summary>
    public bool IsRestarting { get; init; }

    /// <summary>Whether its removal was begun and failed.</summary>
    public bool IsDead { get; init; }

    /// <summary>Whether its removal was begun.</summary>
    public bool IsRemovalInProgress { get; init; }

    /// <summary>The process id of its first process on the host; 0 when not running.</summary>
    public int ProcessId { get; init; }

    /// <summary>The exit code of its last run.</summary>
    public int ExitCode { get; init; }

    /// <summary>The result of its health check (<c>healthy</c>, <c>unhealthy</c>, <c>starting</c>); empty where it has none.</summary>
    public string Health { get; init; } = "";

    /// <summary>Its restart policy (<c>no</c>, <c>always</c>, <c>on-failure</c>, <c>unless-stopped</c>); empty where not noted.</summary>
    public string RestartPolicy { get; init; } = "";

    /// <summary>Whether the engine removes it, and what it has written, as soon as it stops (<c>docker run --rm</c>).</summary>
    public bool IsRemovedOnStop { get; init; }

    /// <summary>Why the notes could not be read or understood in full; <see langword="null"/> where they were.</summary>
    public StoreProblem? Problem { get; init; }
}
