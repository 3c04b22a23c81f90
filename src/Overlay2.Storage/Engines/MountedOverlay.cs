using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>An overlay that is mounted.</summary>
/// <param name="MountPoint">Where.</param>
/// <param name="Upper">Its upper directory, as the one who mounted gave it; empty where it has none.</param>
internal readonly record struct MountedOverlay(BytePath MountPoint, BytePath Upper);
