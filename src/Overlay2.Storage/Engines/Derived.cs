namespace Overlay2.Storage.Engines;

/// <summary>What a store computes of its parts when it is asked first: an index, references.</summary>
/// <remarks>
/// A copy made by <c>with</c> takes over every field of the original, also this one, before its parts are changed. So value and owner are kept
/// together, and a copy that finds the value of another store computes its own. Thread-safe: where two threads compute at once, both get the
/// value of the first to finish.
/// </remarks>
internal struct Derived<TOwner, TValue>
    where TOwner : class
    where TValue : class
{
    private Entry? _entry;

    /// <summary>The value of an owner.</summary>
    public TValue Of(TOwner owner, Func<TOwner, TValue> compute)
    {
        Entry? found = Volatile.Read(ref _entry);
        if (found is not null && ReferenceEquals(found.Owner, owner))
            return found.Value;
        var made = new Entry(owner, compute(owner));
        Entry? before = Interlocked.CompareExchange(ref _entry, made, found);
        return before == found ? made.Value : before!.Value;
    }

    private sealed class Entry(TOwner owner, TValue value)
    {
        public TOwner Owner => owner;

        public TValue Value => value;
    }
}
