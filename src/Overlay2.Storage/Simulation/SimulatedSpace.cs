namespace Overlay2.Storage.Simulation;

/// <summary>The room of a simulated file system at one moment; two of them tell what the operations between took.</summary>
/// <param name="FreeBytes">The bytes of data blocks that are free.</param>
/// <param name="LeastFreeBytes">The fewest that ever were.</param>
/// <param name="LastInodeNumber">The number of the newest object; every new object has the next.</param>
public readonly record struct SimulatedSpace(long FreeBytes, long LeastFreeBytes, ulong LastInodeNumber);
