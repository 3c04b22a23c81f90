using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

/// <summary>A line of a log that suggests a finding.</summary>
/// <param name="Line">The line.</param>
/// <param name="Paths">The absolute paths that it names.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LogHint(LogLine Line, ImmutableArray<BytePath> Paths);
