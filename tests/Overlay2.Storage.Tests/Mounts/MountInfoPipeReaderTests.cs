using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Tests.Mounts;

public sealed class MountInfoPipeReaderTests
{
    private static readonly CancellationToken s_cancellation = TestContext.Current.CancellationToken;

    private static string Line(int id, string rest = "rw") => $"{id} 0 0:1 / /m rw - tmpfs none {rest}";

    /// <summary>A pipe that holds the text, cut into segments of this length.</summary>
    private static PipeReader Pipe(string text, int segment = 4096)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        return PipeReader.Create(new MemoryStream(bytes), new StreamPipeReaderOptions(bufferSize: segment, minimumReadSize: 1));
    }

    private static async Task<List<int>> Ids(MountInfoPipeReader reader)
    {
        var ids = new List<int>();
        await reader.ReadAsync((scoped in MountInfoReader line) => ids.Add(line.MountId), s_cancellation);
        return ids;
    }

    private static async Task<MountInfoError> Error(string text, int segment, MountInfoPipeReader? reader = null)
    {
        reader ??= new MountInfoPipeReader(Pipe(text, segment));
        return (await Assert.ThrowsAsync<MountInfoFormatException>(() => Ids(reader))).Error;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Lines_are_handed_over_however_they_are_cut(int segment)
    {
        string text = Line(1) + "\n" + Line(2) + "\n" + Line(3);

        Assert.Equal([1, 2, 3], await Ids(new MountInfoPipeReader(Pipe(text, segment))));
        Assert.Equal([1, 2, 3], await Ids(new MountInfoPipeReader(Pipe(text + "\n", segment))));
        Assert.Empty(await Ids(new MountInfoPipeReader(Pipe("", segment))));

        var entries = new List<MountEntry>();
        await foreach (MountEntry entry in new MountInfoPipeReader(Pipe(text, segment)).ReadEntriesAsync(s_cancellation))
            entries.Add(entry);
        Assert.Equal([1, 2, 3], entries.Select(entry => entry.MountId));
        Assert.All(entries, entry => Assert.Equal("/m tmpfs none rw", $"{entry.MountPoint} {entry.FileSystemType} {entry.Source} {entry.SuperOptions}"));
    }

    [Fact]
    public async Task A_line_of_108_KB_is_read_through_a_pipe_with_small_blocks()
    {
        var pipe = new Pipe();
        byte[] text = Encoding.Latin1.GetBytes(Line(1) + "\n" + Line(2, new string('x', 108_000)) + "\n" + Line(3));
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < text.Length; i += 1000)
                await pipe.Writer.WriteAsync(text.AsMemory(i, Math.Min(1000, text.Length - i)), s_cancellation);
            await pipe.Writer.CompleteAsync();
        }, s_cancellation);

        Assert.Equal([1, 2, 3], await Ids(new MountInfoPipeReader(pipe.Reader)));
        await writing;
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Positions_of_errors_are_those_in_the_whole_text(int segment)
    {
        string good = Line(1) + "\n" + Line(2) + "\n";
        foreach (string bad in (string[])["junk", "x 0 0:1 / /m rw - tmpfs none rw", Line(3).Replace("0:1", "0:z", StringComparison.Ordinal)])
        {
            string text = good + bad + "\n" + Line(4);
            MountInfoError expected = Assert.Throws<MountInfoFormatException>(() => MountTable.Parse(Encoding.Latin1.GetBytes(text))).Error;
            Assert.Equal(3, expected.LineNumber);

            MountInfoFormatException thrown = await Assert.ThrowsAsync<MountInfoFormatException>(
                () => new MountInfoPipeReader(Pipe(text, segment)).ReadAsync((scoped in MountInfoReader line) => _ = line.MountId + line.Minor, s_cancellation));
            Assert.Equal(expected, thrown.Error);

            var ids = new List<int>();
            thrown = await Assert.ThrowsAsync<MountInfoFormatException>(async () =>
            {
                await foreach (MountEntry entry in new MountInfoPipeReader(Pipe(text, segment)).ReadEntriesAsync(s_cancellation))
                    ids.Add(entry.MountId);
            });
            Assert.Equal(expected, thrown.Error);
            Assert.Equal([1, 2], ids);

            var errors = new List<MountInfoError>();
            ids.Clear();
            await foreach (MountEntry entry in new MountInfoPipeReader(Pipe(text, segment)) { OnBadLine = errors.Add }.ReadEntriesAsync(s_cancellation))
                ids.Add(entry.MountId);
            Assert.Equal([expected], errors);
            Assert.Equal([1, 2, 4], ids);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task A_line_longer_than_allowed_ends_the_reading(int segment)
    {
        string text = Line(1) + "\n" + Line(2, "four") + "\n" + Line(3) + "\n";
        int length = Line(2, "four").Length;

        Assert.Equal([1, 2, 3], await Ids(new MountInfoPipeReader(Pipe(text, segment)) { MaxLineLength = length }));

        var ids = new List<int>();
        var reader = new MountInfoPipeReader(Pipe(text, segment)) { MaxLineLength = length - 1 };
        MountInfoFormatException thrown = await Assert.ThrowsAsync<MountInfoFormatException>(
            () => reader.ReadAsync((scoped in MountInfoReader line) => ids.Add(line.MountId), s_cancellation));
        Assert.Equal(MountInfoErrorReason.LineTooLong, thrown.Error.Reason);
        Assert.Equal(2, thrown.Error.LineNumber);
        Assert.Equal(Line(1).Length + 1 + length - 1, thrown.Error.ByteOffset);
        Assert.Equal([1], ids);
    }

    [Fact]
    public async Task An_endless_line_ends_at_the_bound_with_bounded_memory()
    {
        const int Bound = 1 << 20;
        var reader = new MountInfoPipeReader(PipeReader.Create(new EndlessStream())) { MaxLineLength = Bound };

        // The stream never waits, so all of it is done by this thread; those of other tests allocate meanwhile.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<MountInfoError> reading = Error("", 0, reader);
        Assert.True(reading.IsCompleted);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 20L * Bound);
        Assert.Equal(new MountInfoError(1, Bound, MountInfoField.SuperOptions, MountInfoErrorReason.LineTooLong), await reading);
    }

    [Fact]
    public async Task Waiting_ends_when_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var pipe = new Pipe();
        Task<List<int>> reading = Read(new MountInfoPipeReader(pipe.Reader), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        pipe = new Pipe();
        reading = Ids(new MountInfoPipeReader(pipe.Reader));
        pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        static async Task<List<int>> Read(MountInfoPipeReader reader, CancellationToken cancellation)
        {
            var ids = new List<int>();
            await foreach (MountEntry entry in reader.ReadEntriesAsync(cancellation))
                ids.Add(entry.MountId);
            return ids;
        }
    }

    [Fact]
    public async Task Whole_lines_of_a_segment_are_not_copied()
    {
        byte[] text = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(1, 100).Select(i => Line(i) + "\n")));
        bool isView = true;
        await new MountInfoPipeReader(PipeReader.Create(new ReadOnlySequence<byte>(text)))
            .ReadAsync((scoped in MountInfoReader line) => isView &= text.AsSpan().Overlaps(line.MountPoint), s_cancellation);
        Assert.True(isView);
    }

    [Fact]
    public void Senseless_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new MountInfoPipeReader(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MountInfoPipeReader(Pipe("")) { MaxLineLength = 0 });
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)'x');
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
