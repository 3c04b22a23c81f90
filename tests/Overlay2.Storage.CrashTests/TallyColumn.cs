namespace Overlay2.Storage.CrashTests;

/// <summary>What is counted of a scenario; the columns of the table, in their order.</summary>
internal enum TallyColumn
{
    /// <summary>Changing calls of an undisturbed apply.</summary>
    ApplyCalls,

    /// <summary>Changing calls of a resume of an apply that was killed in the middle.</summary>
    ResumeCalls,

    /// <summary>Changing calls of an undisturbed rollback.</summary>
    RollbackCalls,

    /// <summary>Runs that were killed.</summary>
    Kills,

    /// <summary>Killed runs that were resumed, with a healthy end.</summary>
    Resumed,

    /// <summary>Killed runs that were rolled back to what there was before.</summary>
    RolledBack,

    /// <summary>Runs that were killed before anything was begun: nothing was changed.</summary>
    Unbegun,

    /// <summary>Calls that were made to fail.</summary>
    Errors,

    /// <summary>Runs with failing calls that said that they could not do it.</summary>
    Stopped,

    /// <summary>Runs with failing calls after which everything was as before, without a rollback.</summary>
    Unchanged,

    /// <summary>Runs that were made to stand still before one of their calls, while rivals ran or a directory was swapped.</summary>
    Pauses,

    /// <summary>Rivals of runs that stood still.</summary>
    Rivals,

    /// <summary>Runs that were refused since another one worked.</summary>
    Refused,

    /// <summary>Runs that came after the one that worked: what they were to do was done.</summary>
    Late,

    /// <summary>Directories that were exchanged for a link while a run worked, and links for them.</summary>
    Swaps,

    /// <summary>Seconds on the clock.</summary>
    Seconds,
}
