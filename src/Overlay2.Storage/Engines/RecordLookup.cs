namespace Overlay2.Storage.Engines;

/// <summary>Looks records up by what is unique to each in a sound store.</summary>
internal static class RecordLookup
{
    /// <summary>The records by their keys; of several with the same key the first one counts.</summary>
    public static Dictionary<TKey, T> FirstByKey<T, TKey>(this IEnumerable<T> records, Func<T, TKey> keyOf)
        where TKey : notnull
    {
        Dictionary<TKey, T> found = [];
        foreach (T record in records)
            found.TryAdd(keyOf(record), record);
        return found;
    }
}
