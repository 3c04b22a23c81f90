using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>A dictionary whose changes the journal can take back.</summary>
internal sealed class JournaledMap<TKey, TValue>(Journal journal)
    where TKey : notnull
{
    private Dictionary<TKey, TValue>? _items;

    public int Count => _items?.Count ?? 0;

    /// <summary>The items, in no particular order.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Items => _items ?? Enumerable.Empty<KeyValuePair<TKey, TValue>>();

    public IEnumerable<TValue> Values => Items.Select(static item => item.Value);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_items is not null)
            return _items.TryGetValue(key, out value);
        value = default;
        return false;
    }

    public bool ContainsKey(TKey key) => _items is not null && _items.ContainsKey(key);

    public void Set(TKey key, TValue value)
    {
        _items ??= [];
        if (journal.IsRecording)
        {
            if (_items.TryGetValue(key, out TValue? old))
                journal.Add(() => _items[key] = old);
            else
                journal.Add(() => _items.Remove(key));
        }

        _items[key] = value;
    }

    public bool Remove(TKey key)
    {
        if (_items is null || !_items.Remove(key, out TValue? old))
            return false;
        if (journal.IsRecording)
            journal.Add(() => _items[key] = old);
        return true;
    }

    public void Clear()
    {
        if (_items is null)
            return;
        Dictionary<TKey, TValue> old = _items;
        if (journal.IsRecording)
            journal.Add(() => _items = old);
        _items = null;
    }
}
