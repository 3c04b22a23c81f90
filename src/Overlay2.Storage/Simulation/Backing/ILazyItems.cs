using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>Items that are looked for one by one, or read all together: the entries of a directory on disk.</summary>
internal interface ILazyItems<TKey, TValue>
{
    bool TryFind(TKey key, [MaybeNullWhen(false)] out TValue value);

    IEnumerable<KeyValuePair<TKey, TValue>> ReadAll();

    /// <summary>Reads only the keys, which keeps nothing in memory.</summary>
    IEnumerable<TKey> ReadKeys();
}
