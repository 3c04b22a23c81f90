using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Diagnosis.Logs;

/// <summary>A finding that a line of a log suggests. A log tells what was; whether it still is, only a diagnosis says.</summary>
/// <param name="Descriptor">The finding.</param>
/// <param name="Paths">The absolute paths that the line names, in order.</param>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record LogSuggestion(FindingDescriptor Descriptor, ImmutableArray<BytePath> Paths);
