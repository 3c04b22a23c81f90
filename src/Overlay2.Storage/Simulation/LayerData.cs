namespace Overlay2.Storage.Simulation;

/// <summary>A piece of a file's data.</summary>
/// <param name="Offset">Where it starts.</param>
/// <param name="Bytes">The bytes.</param>
public readonly record struct LayerData(long Offset, ReadOnlyMemory<byte> Bytes);
