using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Detection;

/// <summary>One file or directory that a detection looked at.</summary>
/// <param name="Path">The path, from the root directory that was looked at.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Detail">The kernel's error where it could not be read, for a person; else empty.</param>
public sealed record KernelSource(BytePath Path, KernelSourceStatus Status, string Detail);
