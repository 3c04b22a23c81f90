using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Backing;

/// <summary>The object on disk behind a simulated one: what is not in memory yet is asked of it, once. It is never changed.</summary>
internal interface IRealObject : ILazyItems<ByteString, BackingInode>
{
    /// <summary>All extended attributes by full name.</summary>
    IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes();

    /// <summary>The pages of a regular file that hold data, as first and end, in order.</summary>
    IEnumerable<(long First, long End)> ReadPageRanges();

    /// <summary>Reads a page of a regular file; what lies behind its end reads as zeros.</summary>
    void ReadPage(long number, Span<byte> page);

    /// <summary>The type and bytes of the file handle; <see langword="null"/> where there is none.</summary>
    (byte Type, byte[] Bytes)? ReadHandle();
}
