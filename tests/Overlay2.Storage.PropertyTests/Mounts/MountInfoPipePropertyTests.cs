using System.Buffers;
using System.IO.Pipelines;
using CsCheck;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.PropertyTests.Mounts;

public sealed class MountInfoPipePropertyTests
{
    private static readonly Gen<string> s_field = Gen.Char["a/\\04 -:,\n"].Array[0, 6].Select(letters => new string(letters));

    private static readonly Gen<string> s_line = Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 99], s_field, s_field, Gen.Int[0, 30]).Select((id, point, source, length) =>
            $"{id} 1 0:{id} / /{point} rw shared:1 - t {source} rw,{new string('x', length)}")),
        (2, s_field),
        (1, Gen.Const("1 x 0:1 / / rw - a b c")));

    /// <summary>Texts of good, odd and bad lines, cut into segments anywhere, empty ones too.</summary>
    private static readonly Gen<(byte[] Text, int[] Cuts)> s_cutText = Gen.Select(s_line.Array[0, 12], Gen.Bool, Gen.Int[0, 40].Array[0, 30])
        .Select((lines, ends, cuts) => (System.Text.Encoding.Latin1.GetBytes(string.Join('\n', lines) + (ends ? "\n" : "")), cuts));

    [Fact]
    public void Any_cutting_gives_the_lines_and_errors_of_the_span_reader() => s_cutText.Sample(sample =>
    {
        var expected = new List<string>();
        MountInfoReader reader = new(sample.Text);
        MountInfoStatus status;
        while ((status = reader.TryRead()) != MountInfoStatus.End)
            expected.Add(status == MountInfoStatus.Entry ? Show(reader) : reader.Error.ToString());

        var lines = new List<string>();
        Run(new MountInfoPipeReader(Pipe(sample.Text, sample.Cuts)) { OnBadLine = error => lines.Add(error.ToString()) }
            .ReadAsync((scoped in MountInfoReader line) => lines.Add(Show(line))));
        Assert.Equal(expected, lines);
    });

    [Fact]
    public void Any_cutting_gives_the_entries_of_the_table() => s_cutText.Sample(sample =>
    {
        MountTable table = MountTable.ParseLenient(sample.Text);
        var errors = new List<MountInfoError>();
        var entries = new List<MountEntry>();
        Run(Collect());
        Assert.Equal(table.BadLines, errors);
        Assert.Equal(table.Entries.Select(Show), entries.Select(Show));

        async Task Collect()
        {
            var reader = new MountInfoPipeReader(Pipe(sample.Text, sample.Cuts)) { OnBadLine = errors.Add };
            await foreach (MountEntry entry in reader.ReadEntriesAsync())
                entries.Add(entry);
        }
    });

    [Fact]
    public void Any_cutting_finds_the_same_line_too_long() => Gen.Select(s_cutText, Gen.Int[1, 60]).Sample((sample, longest) =>
    {
        Assert.Equal(Read([]), Read(sample.Cuts));

        (string Lines, MountInfoError Error) Read(int[] cuts)
        {
            var lines = new List<string>();
            MountInfoError error = default;
            try
            {
                Run(new MountInfoPipeReader(Pipe(sample.Text, cuts)) { MaxLineLength = longest, OnBadLine = bad => lines.Add(bad.ToString()) }
                    .ReadAsync((scoped in MountInfoReader line) => lines.Add(Show(line))));
            }
            catch (MountInfoFormatException e)
            {
                error = e.Error;
            }

            Assert.Equal(System.Text.Encoding.Latin1.GetString(sample.Text).Split('\n').Any(line => line.Length > longest), error.Reason == MountInfoErrorReason.LineTooLong);
            return (string.Join('\n', lines), error);
        }
    });

    /// <summary>A pipe over memory never waits, so that its task is done when it is returned.</summary>
    private static void Run(Task task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    private static string Show(in MountInfoReader line) => string.Join('|', System.Text.Encoding.Latin1.GetString(line.Line),
        System.Text.Encoding.Latin1.GetString(line.MountPoint), System.Text.Encoding.Latin1.GetString(line.SuperOptions), line.TryGetMountId(out int id) ? id : -1);

    private static string Show(MountEntry entry) =>
        $"{entry.MountId} {entry.ParentId} {entry.Root}|{entry.MountPoint}|{entry.Options}|{string.Join(' ', entry.OptionalFields)}|{entry.FileSystemType}|{entry.Source}|{entry.SuperOptions}";

    private static PipeReader Pipe(byte[] text, int[] cuts)
    {
        Segment? first = null;
        Segment? last = null;
        ReadOnlyMemory<byte> rest = text;
        foreach (int cut in cuts)
        {
            int length = Math.Min(cut, rest.Length);
            Append(rest[..length]);
            rest = rest[length..];
        }

        Append(rest);
        return PipeReader.Create(new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length));

        void Append(ReadOnlyMemory<byte> memory)
        {
            last = new Segment(memory, last);
            first ??= last;
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
