using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>A dictionary whose changes the journal can take back.</summary>
/// <remarks>With a source on disk, items come into memory when they are asked for; that is no change.</remarks>
internal sealed class JournaledMap<TKey, TValue>(Journal journal, ILazyItems<TKey, TValue>? source = null)
    where TKey : notnull
{
    private Dictionary<TKey, TValue>? _items;

    /// <summary>The keys that the source was asked for or is not asked for any more; <see langword="null"/> once it was read to its end.</summary>
    private HashSet<TKey>? _asked = source is null ? null : [];

    public int Count => All?.Count ?? 0;

    /// <summary>The items, in no particular order.</summary>
    public IEnumerable<KeyValuePair<TKey, TValue>> Items => All ?? Enumerable.Empty<KeyValuePair<TKey, TValue>>();

    /// <summary>The keys, without bringing items into memory. What was removed or added by a change still counts as it is on disk.</summary>
    public IEnumerable<TKey> KeysOnDisk => _asked is null ? [.. Items.Select(static item => item.Key)] : source!.ReadKeys();

    /// <summary>The values that are in memory.</summary>
    public IEnumerable<TValue> Known => _items?.Values ?? Enumerable.Empty<TValue>();

    private Dictionary<TKey, TValue>? All
    {
        get
        {
            if (_asked is not { } asked)
                return _items;
            _asked = null;
            Load(source!.ReadAll().Where(item => !asked.Contains(item.Key)));
            return _items;
        }
    }

    public IEnumerable<TValue> Values => Items.Select(static item => item.Value);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        Ask(key);
        if (_items is not null)
            return _items.TryGetValue(key, out value);
        value = default;
        return false;
    }

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <summary>Brings items into memory; not a change.</summary>
    public void Load(IEnumerable<KeyValuePair<TKey, TValue>> items)
    {
        foreach ((TKey key, TValue value) in items)
            (_items ??= [])[key] = value;
    }

    /// <summary>Forgets what came from the source, which is asked again when needed. Only where nothing was changed.</summary>
    public void Forget()
    {
        if (source is null)
            return;
        _items = null;
        _asked = [];
    }

    public void Set(TKey key, TValue value)
    {
        Ask(key);
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
        Ask(key);
        if (_items is null || !_items.Remove(key, out TValue? old))
            return false;
        if (journal.IsRecording)
            journal.Add(() => _items[key] = old);
        return true;
    }

    public void Clear()
    {
        if (All is not { } old)
            return;
        if (journal.IsRecording)
            journal.Add(() => _items = old);
        _items = null;
    }

    private void Ask(TKey key)
    {
        if (_asked is { } asked && asked.Add(key) && source!.TryFind(key, out TValue? found))
            (_items ??= [])[key] = found;
    }
}
