using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>Reads bbolt databases (BuildKit's and containerd's), read-only and without a lock.</summary>
/// <remarks>
/// A writer never overwrites pages of the newest transaction's tree, and ends each transaction by writing a meta page. So a tree is read
/// as one when the meta pages are the same before and after; otherwise it is read again.
/// Source: the file format as documented by the bbolt project; databases that Docker 20.10 and containerd 1.6 wrote. Little-endian only.
/// </remarks>
internal static class BoltDatabase
{
    private const int MaxAttempts = 8;

    /// <summary>Reads from the newest transaction's tree.</summary>
    /// <param name="source">The database.</param>
    /// <param name="read">Takes from the root bucket what is wanted; may be called several times, and keeps no bucket.</param>
    /// <param name="result">What <paramref name="read"/> returned.</param>
    /// <param name="error">What is wrong with the database.</param>
    public static bool TryRead<T>(IByteSource source, Func<BoltBucket, T> read, [MaybeNullWhen(false)] out T result, [NotNullWhen(false)] out BoltError? error)
    {
        result = default;
        error = null;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            try
            {
                (BoltMeta meta, byte[] before) = ReadMeta(source);
                try
                {
                    result = read(new BoltBucket(new BoltPageReader(source, meta), meta.RootPageId));
                    error = null;
                }
                catch (BoltException e)
                {
                    // Perhaps pages of an older tree, reused meanwhile.
                    error = e.Error;
                }

                if (ReadMetaBytes(source, meta.PageSize).AsSpan().SequenceEqual(before))
                    return error is null;
            }
            catch (BoltException e)
            {
                error = e.Error;
                return false;
            }
        }

        error = new BoltError(BoltErrorReason.Changed, 0, $"it changed during each of {MaxAttempts} attempts to read it");
        return false;
    }

    /// <summary>The number of the newest transaction: as long as it stays the same, so does everything in the database.</summary>
    /// <param name="source">The database.</param>
    /// <param name="transactionId">The transaction's number; each one's is one more than that of the one before.</param>
    /// <param name="error">What is wrong with the database.</param>
    public static bool TryGetTransaction(IByteSource source, out ulong transactionId, [NotNullWhen(false)] out BoltError? error)
    {
        try
        {
            transactionId = ReadMeta(source).Meta.TransactionId;
            error = null;
            return true;
        }
        catch (BoltException e)
        {
            transactionId = 0;
            error = e.Error;
            return false;
        }
    }

    private static (BoltMeta Meta, byte[] Bytes) ReadMeta(IByteSource source)
    {
        byte[] first = new byte[BoltMeta.Length];
        int count = ReadAt(source, 0, first);
        bool hasFirst = BoltMeta.TryParse(first.AsSpan(0, count), out BoltMeta meta, out string fault);
        int pageSize = hasFirst ? meta.PageSize : FindSecondPage(source, fault);
        byte[] bytes = ReadMetaBytes(source, pageSize);
        bool isFirst = BoltMeta.TryParse(bytes.AsSpan(0, BoltMeta.Length), out BoltMeta firstMeta, out fault) && firstMeta.PageSize == pageSize;
        bool isSecond = BoltMeta.TryParse(bytes.AsSpan(BoltMeta.Length), out BoltMeta secondMeta, out _) && secondMeta.PageSize == pageSize;
        if (!isFirst && !isSecond)
            throw new BoltException(new BoltError(BoltErrorReason.NotADatabase, 0, fault));

        meta = isFirst && (!isSecond || firstMeta.TransactionId >= secondMeta.TransactionId) ? firstMeta : secondMeta;
        ulong id = meta == secondMeta ? 1u : 0u;
        if (!source.TryGetLength(out long length, out Errno error))
            throw new BoltException(new BoltError(BoltErrorReason.InputOutput, id, error.ToString()));
        if (meta.PageCount > (ulong)length / (ulong)pageSize)
            throw BoltException.Damaged(id, $"{meta.PageCount} pages of {pageSize} bytes in a file of {length}");
        return (meta, bytes);
    }

    /// <summary>Where the first meta page is damaged the page size is not known: the second one is looked for.</summary>
    private static int FindSecondPage(IByteSource source, string fault)
    {
        byte[] bytes = new byte[BoltMeta.Length];
        for (int pageSize = BoltMeta.SmallestPageSize; pageSize <= BoltMeta.LargestPageSize; pageSize *= 2)
        {
            int count = ReadAt(source, pageSize, bytes);
            if (BoltMeta.TryParse(bytes.AsSpan(0, count), out BoltMeta meta, out _) && meta.PageSize == pageSize)
                return pageSize;
        }

        throw new BoltException(new BoltError(BoltErrorReason.NotADatabase, 0, fault));
    }

    /// <summary>Both meta pages; zeros where the file has ended.</summary>
    private static byte[] ReadMetaBytes(IByteSource source, int pageSize)
    {
        byte[] bytes = new byte[2 * BoltMeta.Length];
        ReadAt(source, 0, bytes.AsSpan(0, BoltMeta.Length));
        ReadAt(source, pageSize, bytes.AsSpan(BoltMeta.Length));
        return bytes;
    }

    private static int ReadAt(IByteSource source, long offset, Span<byte> buffer) =>
        source.TryReadAt(offset, buffer, out int count, out Errno error) ? count : throw new BoltException(new BoltError(BoltErrorReason.InputOutput, 0, error.ToString()));
}
