namespace Overlay2.Storage.Simulation;

/// <summary>A layer and where it lies.</summary>
/// <param name="Tree">What is in it.</param>
/// <param name="FileSystem">What holds it.</param>
public sealed record SimulatedLayer(LayerTree Tree, SimulatedFileSystem FileSystem);
