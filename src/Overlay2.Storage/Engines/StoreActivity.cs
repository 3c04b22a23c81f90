using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>When a store was written last, where the engine removes a layer's record before its directory.</summary>
/// <param name="File">The file that was written.</param>
/// <param name="At">When.</param>
/// <param name="Meaning">What follows for a directory without a record, in words for a person.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record StoreActivity(BytePath File, DateTimeOffset At, string Meaning);
