using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Hosts;

/// <summary>A layer that a mounted overlay is made of, and whose it is.</summary>
/// <param name="Overlay">The overlay.</param>
/// <param name="Path">The layer as the options name it; relative ones are below the home that the overlay is mounted in.</param>
/// <param name="Home">The driver home that the path is in; <see langword="null"/> where it is in none.</param>
/// <param name="LayerId">The layer's id; empty where the path is in no home, or leads nowhere.</param>
/// <param name="Resolution">Whether the layer's directory is there.</param>
/// <param name="Reason">Why not, or why it is not known.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record OverlayLayer(HostOverlay Overlay, BytePath Path, DriverHome? Home, ByteString LayerId, RecordResolution Resolution, RecordReferenceReason Reason);
