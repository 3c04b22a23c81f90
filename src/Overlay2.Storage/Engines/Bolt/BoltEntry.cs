namespace Overlay2.Storage.Engines.Bolt;

/// <summary>An entry of a bucket: a key with a value, or with a bucket of its own.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; empty for a bucket.</param>
/// <param name="Bucket">The bucket; null for a value.</param>
internal readonly record struct BoltEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, BoltBucket? Bucket);
