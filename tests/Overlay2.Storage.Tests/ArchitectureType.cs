namespace Overlay2.Storage.Tests;

/// <summary>A type of the library and where it lives.</summary>
/// <param name="Room">The room.</param>
/// <param name="Sub">The sub-namespace of the room; empty for its root.</param>
/// <param name="Name">The name of the type, with the number of its type parameters.</param>
internal readonly record struct ArchitectureType(string Room, string Sub, string Name);
