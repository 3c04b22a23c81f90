namespace Overlay2.Storage.Simulation;

/// <summary>A file handle as name_to_handle_at(2) gives it.</summary>
/// <param name="Type">The type, which belongs to the file system.</param>
/// <param name="Bytes">The bytes.</param>
public readonly record struct SourceHandle(byte Type, ReadOnlyMemory<byte> Bytes);
