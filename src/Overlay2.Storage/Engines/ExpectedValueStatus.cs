namespace Overlay2.Storage.Engines;

/// <summary>Whether a lost value of a store could be computed.</summary>
public enum ExpectedValueStatus
{
    /// <summary>Nothing in the store says what it was.</summary>
    Unknown,

    /// <summary>All that say something agree.</summary>
    Known,

    /// <summary>There should be no such file.</summary>
    None,

    /// <summary>Parts of the store contradict each other.</summary>
    Contradictory,
}
