using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>One thing that an operation did below, with its cost.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">Where, from the root of the overlay, without a leading slash.</param>
/// <param name="Bytes">The bytes of data that were copied; 0 when the kind copies none or the file system shared them.</param>
/// <param name="Mark">The full attribute name of a <see cref="EffectKind.Mark"/>; else empty.</param>
public readonly record struct Effect(EffectKind Kind, BytePath Path, long Bytes, ByteString Mark);
