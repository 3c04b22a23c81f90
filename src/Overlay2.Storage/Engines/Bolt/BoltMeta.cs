using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>A meta page: where the tree of one transaction starts. There are two, written in turn.</summary>
/// <remarks>
/// Layout after the page header, little-endian: magic (4 bytes), version (4), page size (4), flags (4), root bucket's page (8) and sequence (8),
/// freelist page (8), number of pages (8), transaction id (8), FNV-1a of all that (8).
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltMeta(int PageSize, ulong RootPageId, ulong PageCount, ulong TransactionId)
{
    /// <summary>Bytes of the page header and the meta page's members.</summary>
    public const int Length = BoltPage.HeaderLength + 64;

    public const int SmallestPageSize = 1024;

    public const int LargestPageSize = 1 << 16;

    private const uint Magic = 0xED0CDAED;
    private const uint Version = 2;
    private const int ChecksumOffset = 56;

    /// <summary>Reads a meta page.</summary>
    /// <param name="page">The page's first <see cref="Length"/> bytes.</param>
    /// <param name="meta">The page's members.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> page, out BoltMeta meta, out string fault)
    {
        meta = default;
        if (page.Length < Length)
        {
            fault = "the file ends in the meta page";
            return false;
        }

        ReadOnlySpan<byte> members = page[BoltPage.HeaderLength..Length];
        meta = new BoltMeta(
            BinaryPrimitives.ReadInt32LittleEndian(members[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(members[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(members[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(members[48..]));
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(members[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(members) != Magic)
            fault = "no magic number";
        else if (version != Version)
            fault = $"version {version} instead of {Version}";
        else if (BinaryPrimitives.ReadUInt64LittleEndian(members[ChecksumOffset..]) != Checksum(members[..ChecksumOffset]))
            fault = "wrong checksum";
        else if (meta.PageSize is < SmallestPageSize or > LargestPageSize || (meta.PageSize & (meta.PageSize - 1)) != 0)
            fault = $"page size {meta.PageSize}";
        else
            fault = "";
        return fault.Length == 0;
    }

    /// <summary>64-bit FNV-1a.</summary>
    internal static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in bytes)
            hash = (hash ^ value) * 1099511628211;
        return hash;
    }
}
