using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>What replacing a configuration file did.</summary>
/// <param name="Path">The file that was replaced, below the root, links followed.</param>
/// <param name="Backup">The copy of the old file, beside it; empty if there was no file.</param>
public sealed record ConfigurationReplacement(BytePath Path, BytePath Backup);
