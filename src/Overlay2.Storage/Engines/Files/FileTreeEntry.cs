using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Files;

/// <summary>A name in a directory.</summary>
internal readonly record struct FileTreeEntry(ByteString Name, StoreEntryType Type);
