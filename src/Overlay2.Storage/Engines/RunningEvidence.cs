namespace Overlay2.Storage.Engines;

/// <summary>What tells whether a container runs.</summary>
public enum RunningEvidence
{
    /// <summary>The engine's own note, which may be older than the present.</summary>
    Record,

    /// <summary>A noted process, as long as it is there.</summary>
    Process,

    /// <summary>No record: only a process in the container's control group.</summary>
    ControlGroup,
}
