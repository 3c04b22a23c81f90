using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Snapshots;

/// <summary>One file of an engine's configuration in a snapshot file.</summary>
internal sealed record ConfigurationFileEntry(BytePath Path, ConfigurationFileState State, ByteString Content, string Reason);
