namespace Overlay2.Storage.CrashTests;

/// <summary>What is tried of a scenario.</summary>
internal enum Extent
{
    /// <summary>One run at a time, killed at every call, and failing at every call.</summary>
    Whole,

    /// <summary>The least of that.</summary>
    Quick,

    /// <summary>Several runs at a time, one of them standing still at every call.</summary>
    Rivals,

    /// <summary>One run at a time, while directories of the store and above it are swapped for links.</summary>
    Swaps,
}
