using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>A bucket: keys in ascending order with values or further buckets. Valid only while its <see cref="BoltDatabase"/> reads.</summary>
internal sealed class BoltBucket
{
    /// <summary>Root page (8 bytes) and sequence number (8); an inline bucket's page follows.</summary>
    private const int HeaderLength = 16;

    /// <summary>Far more than a database of any size has: pages hold at least two elements.</summary>
    private const int MaxDepth = 64;

    private readonly BoltPageReader _pages;
    private readonly BoltPage? _inline;
    private readonly ulong _rootPageId;
    private readonly BoltPageOwner _owner;

    public BoltBucket(BoltPageReader pages, ulong rootPageId)
    {
        _pages = pages;
        _rootPageId = rootPageId;
    }

    private BoltBucket(BoltPageReader pages, BoltPage page, int index)
    {
        ReadOnlyMemory<byte> value = page.Value(index);
        if (value.Length < HeaderLength)
            throw BoltException.Damaged(page.Id, $"the bucket of element {index} has {value.Length} bytes");

        _pages = pages;
        _owner = new BoltPageOwner(page.Id, index);
        _rootPageId = BinaryPrimitives.ReadUInt64LittleEndian(value.Span);
        if (_rootPageId != 0)
            return;

        _inline = new BoltPage(page.Id, value[HeaderLength..]);
        if (!_inline.IsLeaf)
            throw BoltException.Damaged(page.Id, $"the inline bucket of element {index} is no leaf");
    }

    /// <summary>All entries in the order of their keys.</summary>
    /// <exception cref="BoltException">A page breaks the format.</exception>
    public IEnumerable<BoltEntry> Entries()
    {
        ReadOnlyMemory<byte>? previous = null;
        Stack<(BoltPage Page, int Next)> path = new();
        path.Push((Root(), 0));
        while (path.TryPop(out (BoltPage Page, int Next) current))
        {
            if (current.Next == current.Page.Count)
                continue;

            path.Push((current.Page, current.Next + 1));
            if (!current.Page.IsLeaf)
            {
                path.Push((Below(current.Page, current.Next, path.Count), 0));
                continue;
            }

            ReadOnlyMemory<byte> key = current.Page.Key(current.Next);
            if (previous is { } before && before.Span.SequenceCompareTo(key.Span) >= 0)
                throw BoltException.Damaged(current.Page.Id, "its first key is not after the last one of the page before");
            previous = key;
            yield return EntryOf(current.Page, current.Next);
        }
    }

    /// <summary>The bucket of a key.</summary>
    /// <returns><see langword="false"/> where there is no such key, or one with a value.</returns>
    /// <exception cref="BoltException">A page on the way breaks the format.</exception>
    public bool TryGetBucket(ReadOnlySpan<byte> key, [NotNullWhen(true)] out BoltBucket? bucket)
    {
        bucket = TryGet(key, out BoltEntry entry) ? entry.Bucket : null;
        return bucket is not null;
    }

    /// <summary>The value of a key.</summary>
    /// <returns><see langword="false"/> where there is no such key, or one with a bucket.</returns>
    /// <exception cref="BoltException">A page on the way breaks the format.</exception>
    public bool TryGetValue(ReadOnlySpan<byte> key, out ReadOnlyMemory<byte> value)
    {
        bool found = TryGet(key, out BoltEntry entry) && entry.Bucket is null;
        value = found ? entry.Value : default;
        return found;
    }

    private bool TryGet(ReadOnlySpan<byte> key, out BoltEntry entry)
    {
        BoltPage page = Root();
        for (int depth = 0; ; depth++)
        {
            int index = page.FindLastNotAfter(key);
            if (page.IsLeaf)
            {
                bool found = index >= 0 && page.Key(index).Span.SequenceEqual(key);
                entry = found ? EntryOf(page, index) : default;
                return found;
            }

            page = Below(page, Math.Max(index, 0), depth);
        }
    }

    private BoltPage Root() => _inline ?? _pages.Read(_rootPageId, _owner);

    private BoltPage Below(BoltPage page, int index, int depth) =>
        depth < MaxDepth ? _pages.Read(page.Child(index), new BoltPageOwner(page.Id, index)) : throw BoltException.Damaged(page.Id, $"more than {MaxDepth} levels of pages");

    private BoltEntry EntryOf(BoltPage page, int index)
    {
        if (!page.IsBucket(index))
            return new BoltEntry(page.Key(index), page.Value(index), null);
        if (_inline is not null)
            throw BoltException.Damaged(page.Id, "a bucket in an inline bucket");
        return new BoltEntry(page.Key(index), default, new BoltBucket(_pages, page, index));
    }
}
