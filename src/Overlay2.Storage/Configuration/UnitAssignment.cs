using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>An assignment of a unit file.</summary>
/// <param name="Section">The section without brackets.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The value, lines joined, still quoted.</param>
/// <param name="Source">The file and the line.</param>
internal sealed record UnitAssignment(ByteString Section, ByteString Key, ByteString Value, ConfigurationSource Source);
