namespace Overlay2.Storage.Repair;

/// <summary>How carrying out a plan ended.</summary>
public enum RepairOutcomeStatus
{
    /// <summary>Every step is done, what the plan repairs is no longer found, and nothing new is.</summary>
    Succeeded,

    /// <summary>Nothing was done: another host or boot, another plan would be made now, or what it repairs is not there any more.</summary>
    Refused,

    /// <summary>A step could not be done; what was done before it is in the journal.</summary>
    Stopped,

    /// <summary>Every step is done, and a finding that should be gone is still there, or a new one came.</summary>
    StillIll,

    /// <summary>The caller cancelled between two steps.</summary>
    Cancelled,

    /// <summary>Everything that was done is undone.</summary>
    RolledBack,
}
