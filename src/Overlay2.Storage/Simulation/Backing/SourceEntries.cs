using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The entries of a directory outside the simulator, brought into a simulated file system as they are asked for.</summary>
internal sealed class SourceEntries(BackingFileSystem fileSystem, ISourceObject directory) : ILazyItems<ByteString, BackingInode>
{
    public bool TryFind(ByteString key, [MaybeNullWhen(false)] out BackingInode value)
    {
        value = directory.TryFind(key, out ISourceObject? found) ? fileSystem.Load(found) : null;
        return value is not null;
    }

    public IEnumerable<KeyValuePair<ByteString, BackingInode>> ReadAll() =>
        directory.ReadEntries().Select(entry => KeyValuePair.Create(entry.Key, fileSystem.Load(entry.Value)));

    public IEnumerable<ByteString> ReadKeys() => directory.ReadNames();
}
