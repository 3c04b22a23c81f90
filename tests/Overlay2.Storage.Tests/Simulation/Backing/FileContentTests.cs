using System.Diagnostics.CodeAnalysis;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>The pages of simulated files, in memory or still on disk, against a plain table of pages.</summary>
public sealed class FileContentTests
{
    private const int Pages = 40;

    private static readonly byte[] s_one = Filled(0xcc), s_other = Filled(0xdd);

    [Fact]
    public void Any_changes_leave_what_a_plain_table_has()
    {
        var random = new Random(1);
        for (int round = 0; round < 1000; round++)
        {
            var source = new CountingFile([.. Ranges(random)]);
            FileContent content = FileContent.Of(source);
            var plain = new SortedDictionary<long, byte[]>();
            foreach ((long first, long end) in source.Ranges)
            {
                for (long page = first; page < end; page++)
                    plain[page] = Filled((byte)page);
            }

            for (int change = 0; change < 12; change++)
            {
                Change(random, content, plain);
                Compare(plain, content = random.Next(2) == 0 ? content : content.Clone());
            }

            foreach (long page in plain.Keys.Where(page => plain[page] == FileContent.Unwritten).ToArray())
                plain.Remove(page);
            Compare(plain, content.CloneWritten());
        }
    }

    [Fact]
    public void Pages_of_another_file_keep_their_bytes_at_another_place()
    {
        FileContent from = FileContent.Of(new CountingFile([(3, 8), (10, 12)]));
        from.SetPage(5, s_one);
        var to = new FileContent();
        for (long page = 2; page < 12;)
        {
            PageRun piece = from.PieceAt(page, 12);
            if (!piece.IsHole)
                to.Set(piece.Move(100).Move(-30));
            page = piece.End;
        }

        byte?[] expected = [null, 3, 4, 0xcc, 6, 7, null, null, 10, 11, null];
        Assert.Equal(expected, Enumerable.Range(72, 11).Select(page => to.GetPage(page)?[0]));
        byte[] bytes = new byte[3 * FileContent.PageSize];
        to.Read((74 * FileContent.PageSize) + 4095, bytes);
        Assert.Equal((4, 0xcc, 6, 7), (bytes[0], bytes[1], bytes[4097], bytes[8193]));
    }

    [Fact]
    public void Long_runs_cost_nothing_and_nothing_is_read()
    {
        const long Many = 1L << 40;
        var source = new CountingFile([(0, Many)]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        FileContent content = FileContent.Of(source);
        content.Set(new PageRun(Many, 2 * Many, FileContent.Unwritten));
        content.Set(new PageRun(Many + 1, 2 * Many - 1, FileContent.Zeros));
        FileContent copy = content.Clone();
        copy.SetPage(7, s_one);
        Assert.Equal((2 * Many, 2 * Many), (copy.PageCount, copy.Seek(3, data: false, unwrittenIsData: true)));
        Assert.Equal(Many, copy.Seek(3, data: false, unwrittenIsData: false));
        Assert.Equal(2 * Many, copy.RemovePages(0, long.MaxValue));
        Assert.Equal((0, 2 * Many, 0), (copy.PageCount, content.PageCount, source.Reads));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    private static void Change(Random random, FileContent content, SortedDictionary<long, byte[]> plain)
    {
        long at = random.Next(Pages), end = at + random.Next(10);
        byte[]? put = random.Next(6) switch { 0 => s_one, 1 => s_other, 2 => FileContent.Zeros, 3 => FileContent.Unwritten, _ => null };
        long there = plain.Keys.Count(page => page >= at && page < end);
        if (put is null)
            Assert.Equal(there, content.RemovePages(at, end));
        else
            content.Set(new PageRun(at, end, put));
        for (long page = at; page < end; page++)
        {
            if (put is null)
                plain.Remove(page);
            else
                plain[page] = put;
        }
    }

    private static void Compare(SortedDictionary<long, byte[]> plain, FileContent content)
    {
        Assert.Equal(plain.Count, content.PageCount);
        const int Limit = Pages + 12;
        byte[] all = new byte[Limit * FileContent.PageSize];
        content.Read(0, all);
        for (long page = 0; page < Limit; page++)
        {
            byte[]? expected = plain.GetValueOrDefault(page);
            Assert.Equal(expected?[0], content.GetPage(page)?[0]);
            Assert.Equal(expected == FileContent.Unwritten, content.GetPage(page) == FileContent.Unwritten);
            Assert.Equal(expected?[0] ?? 0, all[page * FileContent.PageSize]);
            foreach (bool shown in (bool[])[true, false])
            {
                bool IsData(long other) => plain.TryGetValue(other, out byte[]? there) && (shown || there != FileContent.Unwritten);
                long data = page, hole = page;
                while (data < Limit && !IsData(data))
                    data++;
                while (IsData(hole))
                    hole++;
                Assert.Equal(data < Limit ? data : FileContent.NoPage, content.Seek(page, data: true, shown));
                Assert.Equal(hole, content.Seek(page, data: false, shown));
            }

            bool IsZero(long other) => !plain.TryGetValue(other, out byte[]? there) || there == FileContent.Zeros || there == FileContent.Unwritten;
            long until = page;
            while (until < Limit && IsZero(until) == IsZero(page))
                until++;
            Assert.Equal((IsZero(page), until), (content.IsZero(page, Limit, out long end), end));
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
    private sealed class CountingFile(List<(long First, long End)> ranges) : ISourceObject
    {
        public List<(long First, long End)> Ranges { get; } = ranges;

        public int Reads { get; private set; }

        public SourceStatus ReadStatus() => default;

        public bool TryFind(ByteString name, [MaybeNullWhen(false)] out ISourceObject found)
        {
            found = null;
            return false;
        }

        public IEnumerable<KeyValuePair<ByteString, ISourceObject>> ReadEntries() => [];

        public IEnumerable<ByteString> ReadNames() => [];

        public IEnumerable<KeyValuePair<ByteString, byte[]>> ReadAttributes() => [];

        public IEnumerable<LayerRange> ReadDataRanges() =>
            Ranges.Select(static range => new LayerRange(range.First * FileContent.PageSize, range.End * FileContent.PageSize));

        public void Read(long offset, Span<byte> buffer)
        {
            Reads++;
            buffer.Fill((byte)(offset / FileContent.PageSize));
        }

        public SourceHandle? ReadHandle() => null;
    }
}
