namespace Overlay2.Storage.MountOptions;

/// <summary>What a rule did to a mount.</summary>
/// <remarks>Source: experiments on kernels from 5.10 to 7.3.</remarks>
public enum OptionOutcome
{
    /// <summary>An option that was given has no effect.</summary>
    Ignored,

    /// <summary>An option got a value that was not asked for.</summary>
    Changed,

    /// <summary>The mount fails.</summary>
    Refused,

    /// <summary>Whether the mount succeeds depends on what was not looked at.</summary>
    Unknown,
}
