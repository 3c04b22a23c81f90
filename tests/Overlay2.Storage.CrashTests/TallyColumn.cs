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

    /// <summary>Runs that met another one on the same store; all but one of them are refused.</summary>
    Rivals,

    /// <summary>Seconds on the clock.</summary>
    Seconds,
}
