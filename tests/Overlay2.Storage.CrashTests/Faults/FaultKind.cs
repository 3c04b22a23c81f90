namespace Overlay2.Storage.CrashTests.Faults;

/// <summary>What happens to a run of the tool at one of its changing calls.</summary>
internal enum FaultKind
{
    /// <summary>Nothing: the calls are counted.</summary>
    None,

    /// <summary>The process is killed right before the call.</summary>
    KillBefore,

    /// <summary>The process is killed after the call: before the next one, or at its very end.</summary>
    KillAfter,

    /// <summary>The process is killed while the program that the call starts runs, which goes on alone.</summary>
    KillDuring,

    /// <summary>Only half of the bytes are written, then the process is killed.</summary>
    WriteHalf,

    /// <summary>The process stops right before the call, until somebody lets it go on.</summary>
    Pause,

    /// <summary>The call is not made and fails.</summary>
    Fail,

    /// <summary>The call and every later one are not made and fail.</summary>
    FailFrom,
}
