namespace Overlay2.Storage.Simulation;

/// <summary>A range of a file that holds data; what lies between ranges is a hole.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte behind the last.</param>
public readonly record struct LayerRange(long Start, long End);
