namespace Overlay2.Storage.Simulation;

/// <summary>A file system that holds layers of a simulation. Two layers on one file system name the same object.</summary>
/// <remarks>Immutable, thread-safe; equal by reference.</remarks>
public sealed class SimulatedFileSystem
{
    /// <summary>A file system.</summary>
    /// <param name="kind">Whose rules hold.</param>
    /// <param name="blockLimit">How many blocks of 4096 bytes it has; <see langword="null"/> for more than a simulation needs (64 GiB).</param>
    public SimulatedFileSystem(SimulatedFileSystemKind kind, long? blockLimit = null)
    {
        Kind = kind;
        BlockLimit = blockLimit;
    }

    /// <summary>Whose rules hold.</summary>
    public SimulatedFileSystemKind Kind { get; }

    /// <summary>How many blocks of 4096 bytes it has; <see langword="null"/> for more than a simulation needs (64 GiB).</summary>
    public long? BlockLimit { get; }
}
