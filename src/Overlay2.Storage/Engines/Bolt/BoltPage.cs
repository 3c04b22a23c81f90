using System.Buffers.Binary;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>A branch or leaf page with all its elements checked: none reaches out of the page, and the keys ascend.</summary>
/// <remarks>
/// Header, little-endian: id (8 bytes), flags (2), number of elements (2), number of further pages it spans (4). A branch element: offset of
/// the key from the element (4), key length (4), page (8). A leaf element: flags (4), offset (4), key length (4), value length (4).
/// </remarks>
internal sealed class BoltPage
{
    public const int HeaderLength = 16;

    private const int ElementLength = 16;
    private const ushort BranchFlag = 0x01;
    private const ushort LeafFlag = 0x02;
    private const uint BucketFlag = 0x01;

    private readonly ReadOnlyMemory<byte> _bytes;

    /// <param name="id">The page, for messages.</param>
    /// <param name="bytes">The whole page with the pages it spans.</param>
    /// <exception cref="BoltException">The page breaks the format.</exception>
    public BoltPage(ulong id, ReadOnlyMemory<byte> bytes)
    {
        Id = id;
        _bytes = bytes;
        if (bytes.Length < HeaderLength)
            throw BoltException.Damaged(id, "shorter than a page header");

        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[8..]);
        if (flags is not (BranchFlag or LeafFlag))
            throw BoltException.Damaged(id, $"flags 0x{flags:x} instead of those of a branch or leaf page");

        IsLeaf = flags == LeafFlag;
        Count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[10..]);
        if (HeaderLength + ((long)Count * ElementLength) > bytes.Length)
            throw BoltException.Damaged(id, $"{Count} elements do not fit in {bytes.Length} bytes");
        if (!IsLeaf && Count == 0)
            throw BoltException.Damaged(id, "a branch page without elements");
        CheckElements();
    }

    public ulong Id { get; }

    public bool IsLeaf { get; }

    public int Count { get; }

    /// <summary>How many further pages a page spans, by its header.</summary>
    public static uint Overflow(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);

    /// <summary>The page that a page says it is, by its header.</summary>
    public static ulong OwnId(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header);

    public ReadOnlyMemory<byte> Key(int index)
    {
        (long start, uint length, _) = Locate(index);
        return _bytes.Slice((int)start, (int)length);
    }

    /// <summary>The value of a leaf element.</summary>
    public ReadOnlyMemory<byte> Value(int index)
    {
        (long start, uint keyLength, uint length) = Locate(index);
        return _bytes.Slice((int)(start + keyLength), (int)length);
    }

    /// <summary>Whether a leaf element's value is a bucket.</summary>
    public bool IsBucket(int index) => (BinaryPrimitives.ReadUInt32LittleEndian(Element(index)) & BucketFlag) != 0;

    /// <summary>The page below a branch element.</summary>
    public ulong Child(int index) => BinaryPrimitives.ReadUInt64LittleEndian(Element(index)[8..]);

    /// <summary>The last element whose key is not after <paramref name="key"/>; -1 where all are.</summary>
    public int FindLastNotAfter(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (Key(middle).Span.SequenceCompareTo(key) <= 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }

    private ReadOnlySpan<byte> Element(int index) => _bytes.Span.Slice(HeaderLength + (index * ElementLength), ElementLength);

    private (long Start, uint KeyLength, uint ValueLength) Locate(int index)
    {
        ReadOnlySpan<byte> element = Element(index);
        long start = HeaderLength + ((long)index * ElementLength);
        return IsLeaf
            ? (start + BinaryPrimitives.ReadUInt32LittleEndian(element[4..]), BinaryPrimitives.ReadUInt32LittleEndian(element[8..]), BinaryPrimitives.ReadUInt32LittleEndian(element[12..]))
            : (start + BinaryPrimitives.ReadUInt32LittleEndian(element), BinaryPrimitives.ReadUInt32LittleEndian(element[4..]), 0);
    }

    private void CheckElements()
    {
        long firstData = HeaderLength + ((long)Count * ElementLength);
        for (int i = 0; i < Count; i++)
        {
            (long start, uint keyLength, uint valueLength) = Locate(i);
            if (start < firstData || start + keyLength + valueLength > _bytes.Length)
                throw BoltException.Damaged(Id, $"element {i} reaches out of the page");
            if (i > 0 && Key(i - 1).Span.SequenceCompareTo(Key(i).Span) >= 0)
                throw BoltException.Damaged(Id, $"the key of element {i} is not after the one before");
        }
    }
}
