using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>Reads pages of one transaction's tree.</summary>
/// <remarks>In a sound tree one element leads to each page. That is checked, so that no loop and no sharing of pages can hold a reader up.</remarks>
internal sealed class BoltPageReader(IByteSource source, BoltMeta meta)
{
    /// <summary>The first two pages are the meta pages.</summary>
    private const ulong FirstPageId = 2;

    private const long MaxPageLength = 64 << 20;

    private readonly Dictionary<ulong, BoltPageOwner> _owners = [];

    /// <exception cref="BoltException">The page breaks the format or cannot be read.</exception>
    public BoltPage Read(ulong id, BoltPageOwner owner)
    {
        if (id < FirstPageId || id >= meta.PageCount)
            throw BoltException.Damaged(owner.PageId, $"leads to page {id} of {meta.PageCount}");

        long offset = checked((long)id * meta.PageSize);
        byte[] header = ReadBytes(id, offset, BoltPage.HeaderLength);
        if (BoltPage.OwnId(header) != id)
            throw BoltException.Damaged(id, $"says that it is page {BoltPage.OwnId(header)}");

        uint overflow = BoltPage.Overflow(header);
        long length = (overflow + 1L) * meta.PageSize;
        if (overflow >= meta.PageCount - id || length > MaxPageLength)
            throw BoltException.Damaged(id, $"spans {overflow} further pages");

        for (ulong spanned = id; spanned <= id + overflow; spanned++)
        {
            if (!_owners.TryAdd(spanned, owner) && _owners[spanned] != owner)
                throw BoltException.Damaged(spanned, $"is reached from page {_owners[spanned].PageId} and from page {owner.PageId}");
        }

        return new BoltPage(id, ReadBytes(id, offset, (int)length));
    }

    private byte[] ReadBytes(ulong id, long offset, int length)
    {
        byte[] bytes = new byte[length];
        if (!source.TryReadAt(offset, bytes, out int count, out Errno error))
            throw new BoltException(new BoltError(BoltErrorReason.InputOutput, id, error.ToString()));
        return count == length ? bytes : throw BoltException.Damaged(id, "the file ends in it");
    }
}
