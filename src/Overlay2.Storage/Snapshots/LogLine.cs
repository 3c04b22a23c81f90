using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

/// <summary>A line of a log.</summary>
/// <param name="Source">Who wrote it.</param>
/// <param name="Time">When; <see langword="null"/> where not known.</param>
/// <param name="Text">The line without its end.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LogLine(LogSource Source, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? Time, ByteString Text);
