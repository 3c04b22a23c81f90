using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Layers;

/// <summary>Simulated files whose pages are still on disk, against a plain set of page numbers.</summary>
public sealed class RealPagesTests
{
    private const int Pages = 40;

    [Fact]
    public void Any_changes_leave_what_a_plain_set_has()
    {
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            var source = new CountingFile([.. Ranges(random)]);
            FileContent content = FileContent.Of(source);
            var plain = new Dictionary<long, byte>();
            foreach ((long first, long end) in source.Ranges)
            {
                for (long page = first; page < end; page++)
                    plain[page] = (byte)page;
            }

            for (int change = 0; change < 10; change++)
            {
                long at = random.Next(Pages), length = random.Next(10);
                if (random.Next(2) == 0)
                {
                    long expected = plain.Keys.Count(page => page >= at && page < at + length);
                    Assert.Equal(expected, content.RemovePages(at, at + length));
                    foreach (long page in plain.Keys.Where(page => page >= at && page < at + length).ToArray())
                        plain.Remove(page);
                }
                else
                {
                    content.SetPage(at, Filled(0xcc));
                    plain[at] = 0xcc;
                }

                Compare(plain, random.Next(2) == 0 ? content : content = content.Clone());
            }
        }
    }

    [Fact]
    public void A_copy_of_a_file_on_disk_reads_nothing()
    {
        var source = new CountingFile([(0, 1L << 40)]);
        FileContent from = FileContent.Of(source);
        var to = new FileContent();
        Assert.True(to.CanAppendReal(from, 0));
        to.AppendReal(from, 0, 1L << 40);
        Assert.Equal((1L << 40, 0), (to.PageCount, source.Reads));
        Assert.Equal(7, to.GetPage(7)![0]);
        Assert.Equal(1, source.Reads);
    }

    private static void Compare(Dictionary<long, byte> plain, FileContent content)
    {
        Assert.Equal(plain.Count, content.PageCount);
        for (long page = 0; page < Pages + 12; page++)
        {
            Assert.Equal(plain.TryGetValue(page, out byte value) ? value : (byte?)null, content.GetPage(page)?[0]);
            long[] later = [.. plain.Keys.Where(other => other >= page).Order()];
            Assert.Equal(later.Length > 0 ? later[0] : FileContent.NoPage, content.Seek(page, data: true, unwrittenIsData: true));
            long hole = page;
            while (plain.ContainsKey(hole))
                hole++;
            Assert.Equal(hole, content.Seek(page, data: false, unwrittenIsData: true));
        }
    }

    private static IEnumerable<(long First, long End)> Ranges(Random random)
    {
        long at = 0;
        while ((at += random.Next(1, 8)) < Pages)
        {
            long end = at + random.Next(1, 8);
            yield return (at, end);
            at = end;
        }
    }

    private static byte[] Filled(byte value)
    {
        byte[] page = new byte[FileContent.PageSize];
        page.AsSpan().Fill(value);
        return page;
    }

    /// <summary>A file whose pages each hold their number.</summary>
    private sealed class CountingFile(List<(long First, long End)> ranges) : IRealObject
    {
        public List<(long First, long End)> Ranges { get; } = ranges;

        public int Reads { get; private set; }

        public bool TryFind(ByteString key, [MaybeNullWhen(false)] out BackingInode value)
        {
            value = null;
            return false;
        }

        public IEnumerable<KeyValuePair<ByteString, BackingInode>> ReadAll() => [];

        public IEnumerable<ByteString> ReadKeys() => [];

        public IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes() => [];

        public IEnumerable<(long First, long End)> ReadPageRanges() => Ranges;

        public void ReadPage(long number, Span<byte> page)
        {
            Reads++;
            page.Fill((byte)number);
        }

        public (byte Type, byte[] Bytes)? ReadHandle() => null;
    }
}
