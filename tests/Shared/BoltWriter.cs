using System.Buffers.Binary;
using System.Text;
using Overlay2.Storage.Engines.Bolt;

namespace Overlay2.Storage.TestShared;

/// <summary>Writes small bbolt databases for the reader's tests: buckets inline or with pages of their own, branch pages, long values.</summary>
internal sealed class BoltWriter(int pageSize = 4096, int mostPerPage = int.MaxValue)
{
    private const int HeaderLength = 16;
    private readonly SortedDictionary<ulong, byte[]> _pages = [];
    private ulong _nextPage = 3;

    /// <summary>A bucket: values are <c>byte[]</c> or further buckets.</summary>
    public sealed class Bucket : SortedDictionary<string, object>
    {
        public Bucket()
            : base(StringComparer.Ordinal)
        {
        }
    }

    /// <summary>The bytes of a database with this root bucket. The second meta page is the newer one; the first leads to the freelist page.</summary>
    public byte[] Write(Bucket root, ulong transaction = 7)
    {
        ulong rootPage = WriteTree(root);
        byte[] file = new byte[(int)_nextPage * pageSize];
        WriteMeta(file, 0, 2, transaction - 1);
        WriteMeta(file, 1, rootPage, transaction);
        WriteHeader(file.AsSpan(2 * pageSize), 2, 0x10, 0, 0);
        foreach ((ulong id, byte[] page) in _pages)
            page.CopyTo(file, (int)id * pageSize);
        return file;
    }

    /// <summary>Where a page starts.</summary>
    public int OffsetOf(int pageId) => pageId * pageSize;

    /// <summary>Puts a right checksum on a meta page whose members were changed.</summary>
    public void Seal(byte[] file, int pageId)
    {
        Span<byte> members = file.AsSpan((pageId * pageSize) + HeaderLength);
        BinaryPrimitives.WriteUInt64LittleEndian(members[56..], BoltMeta.Checksum(members[..56]));
    }

    private void WriteMeta(byte[] file, int id, ulong root, ulong transaction)
    {
        Span<byte> page = file.AsSpan(id * pageSize);
        WriteHeader(page, (ulong)id, 0x04, 0, 0);
        Span<byte> members = page[HeaderLength..];
        BinaryPrimitives.WriteUInt32LittleEndian(members, 0xED0CDAED);
        BinaryPrimitives.WriteUInt32LittleEndian(members[4..], 2);
        BinaryPrimitives.WriteInt32LittleEndian(members[8..], pageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(members[16..], root);
        BinaryPrimitives.WriteUInt64LittleEndian(members[32..], 2);
        BinaryPrimitives.WriteUInt64LittleEndian(members[40..], _nextPage);
        BinaryPrimitives.WriteUInt64LittleEndian(members[48..], transaction);
        Seal(file, id);
    }

    private static void WriteHeader(Span<byte> page, ulong id, ushort flags, ushort count, uint overflow)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page[8..], flags);
        BinaryPrimitives.WriteUInt16LittleEndian(page[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(page[12..], overflow);
    }

    private ulong WriteTree(Bucket bucket)
    {
        List<(byte[] Key, byte[] Value, bool IsBucket)> elements = [.. bucket.Select(pair =>
            (Encoding.UTF8.GetBytes(pair.Key), pair.Value is Bucket inner ? BucketValue(inner) : (byte[])pair.Value, pair.Value is Bucket))];
        List<(byte[] Key, ulong Page)> level = [];
        foreach ((byte[] Key, byte[] Value, bool IsBucket)[] group in Groups(elements, element => element.Key.Length + element.Value.Length))
            level.Add((group.Length == 0 ? [] : group[0].Key, Store(id => LeafPage(id, group))));
        while (level.Count > 1)
        {
            List<(byte[] Key, ulong Page)> above = [];
            foreach ((byte[] Key, ulong Page)[] group in Groups(level, element => element.Key.Length))
                above.Add((group[0].Key, Store(id => BranchPage(id, group))));
            level = above;
        }

        return level[0].Page;
    }

    private byte[] BucketValue(Bucket bucket)
    {
        byte[] inline = LeafPage(0, [.. bucket.Where(pair => pair.Value is byte[]).Select(pair => (Encoding.UTF8.GetBytes(pair.Key), (byte[])pair.Value, false))]);
        bool isInline = bucket.Values.All(value => value is byte[]) && inline.Length < pageSize / 4;
        byte[] value = new byte[16 + (isInline ? inline.Length : 0)];
        if (isInline)
            inline.CopyTo(value, 16);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(value, WriteTree(bucket));
        return value;
    }

    /// <summary>Runs of elements that share a page; a run has at least two elements where there are, so that a tree ends.</summary>
    private IEnumerable<T[]> Groups<T>(List<T> elements, Func<T, int> length)
    {
        List<T> group = [];
        int size = HeaderLength;
        foreach (T element in elements)
        {
            int added = 16 + length(element);
            if (group.Count >= Math.Max(2, mostPerPage) || (group.Count >= 2 && size + added > pageSize))
            {
                yield return [.. group];
                group.Clear();
                size = HeaderLength;
            }

            group.Add(element);
            size += added;
        }

        yield return [.. group];
    }

    private ulong Store(Func<ulong, byte[]> make)
    {
        ulong id = _nextPage;
        byte[] page = make(id);
        int span = Math.Max(1, (page.Length + pageSize - 1) / pageSize);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(12), (uint)span - 1);
        _pages.Add(id, page);
        _nextPage += (ulong)span;
        return id;
    }

    private static byte[] LeafPage(ulong id, (byte[] Key, byte[] Value, bool IsBucket)[] elements)
    {
        byte[] page = new byte[HeaderLength + elements.Sum(element => 16 + element.Key.Length + element.Value.Length)];
        WriteHeader(page, id, 0x02, (ushort)elements.Length, 0);
        int data = HeaderLength + (16 * elements.Length);
        for (int i = 0; i < elements.Length; i++)
        {
            int start = HeaderLength + (16 * i);
            Span<byte> element = page.AsSpan(start);
            BinaryPrimitives.WriteUInt32LittleEndian(element, elements[i].IsBucket ? 1u : 0u);
            BinaryPrimitives.WriteInt32LittleEndian(element[4..], data - start);
            BinaryPrimitives.WriteInt32LittleEndian(element[8..], elements[i].Key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(element[12..], elements[i].Value.Length);
            elements[i].Key.CopyTo(page, data);
            elements[i].Value.CopyTo(page, data + elements[i].Key.Length);
            data += elements[i].Key.Length + elements[i].Value.Length;
        }

        return page;
    }

    private static byte[] BranchPage(ulong id, (byte[] Key, ulong Page)[] elements)
    {
        byte[] page = new byte[HeaderLength + elements.Sum(element => 16 + element.Key.Length)];
        WriteHeader(page, id, 0x01, (ushort)elements.Length, 0);
        int data = HeaderLength + (16 * elements.Length);
        for (int i = 0; i < elements.Length; i++)
        {
            int start = HeaderLength + (16 * i);
            Span<byte> element = page.AsSpan(start);
            BinaryPrimitives.WriteInt32LittleEndian(element, data - start);
            BinaryPrimitives.WriteInt32LittleEndian(element[4..], elements[i].Key.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(element[8..], elements[i].Page);
            elements[i].Key.CopyTo(page, data);
            data += elements[i].Key.Length;
        }

        return page;
    }
}
