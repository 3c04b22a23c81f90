namespace Overlay2.Storage.Simulation;

/// <summary>The modes of fallocate(2).</summary>
public enum AllocationMode
{
    /// <summary>Allocate and grow the file.</summary>
    Allocate,

    /// <summary>Allocate, keep the size.</summary>
    KeepSize,

    /// <summary>Free the range, keep the size.</summary>
    PunchHole,

    /// <summary>Make the range zeros.</summary>
    ZeroRange,
}
