using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Docker;

/// <summary>A record of BuildKit's snapshot database in the engine's root directory (<c>buildkit/snapshots.db</c>).</summary>
/// <remarks>Immutable and thread-safe. Source: observed on databases that Docker 20.10 wrote.</remarks>
/// <param name="Key">The record's key; for a snapshot that is being made also the id of its layer directory.</param>
/// <param name="Parent">The key of the snapshot below; empty where there is none.</param>
/// <param name="Committed">The id of the layer directory of a finished snapshot; empty where not noted.</param>
/// <param name="ChainId">The chain id of the image layer that the snapshot became; empty where it is none.</param>
public sealed record DockerBuildCacheRecord(ByteString Key, ByteString Parent, ByteString Committed, ByteString ChainId);
