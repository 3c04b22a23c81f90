using System.Text;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.TestShared;

/// <summary>The pipe reader against the span reader and the table: the same lines and errors however the text is cut.</summary>
internal static class MountInfoPipeComparison
{
    public static void Check(byte[] text, IReadOnlyList<int> lengths)
    {
        CheckLines(text, lengths);
        CheckEntries(text, lengths);
    }

    /// <summary>The line and what its fields come to.</summary>
    public static string Show(in MountInfoReader line) => string.Join('|', Encoding.Latin1.GetString(line.Line),
        Encoding.Latin1.GetString(line.MountPoint), Encoding.Latin1.GetString(line.SuperOptions), line.TryGetMountId(out int id) ? id : -1);

    private static void CheckLines(byte[] text, IReadOnlyList<int> lengths)
    {
        var expected = new List<string>();
        MountInfoReader reader = new(text);
        MountInfoStatus status;
        while ((status = reader.TryRead()) != MountInfoStatus.End)
            expected.Add(status == MountInfoStatus.Entry ? Show(reader) : reader.Error.ToString());

        var lines = new List<string>();
        var pipe = new MountInfoPipeReader(SegmentedPipe.Create(text, lengths)) { OnBadLine = error => lines.Add(error.ToString()) };
        SegmentedPipe.Finish(pipe.ReadAsync((scoped in MountInfoReader line) => lines.Add(Show(line))));
        AssertEqual(expected, lines);
    }

    private static void CheckEntries(byte[] text, IReadOnlyList<int> lengths)
    {
        var table = MountTable.ParseLenient(text);
        var errors = new List<MountInfoError>();
        var entries = new List<MountEntry>();
        SegmentedPipe.Finish(Collect());
        AssertEqual(table.Entries.Select(Show), entries.Select(Show));
        AssertEqual(table.BadLines.Select(error => error.ToString()), errors.Take(table.BadLines.Length).Select(error => error.ToString()));
        AssertEqual([$"{table.BadLineCount}"], [$"{errors.Count}"]);

        async Task Collect()
        {
            var reader = new MountInfoPipeReader(SegmentedPipe.Create(text, lengths)) { OnBadLine = errors.Add };
            await foreach (MountEntry entry in reader.ReadEntriesAsync())
                entries.Add(entry);
        }
    }

    private static string Show(MountEntry entry) =>
        $"{entry.MountId} {entry.ParentId} {entry.Major}:{entry.Minor} {entry.Root}|{entry.MountPoint}|{entry.Options}|"
        + $"{string.Join(' ', entry.OptionalFields)}|{entry.FileSystemType}|{entry.Source}|{entry.SuperOptions}";

    private static void AssertEqual(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        if (!expected.SequenceEqual(actual, StringComparer.Ordinal))
            throw new InvalidOperationException($"Expected:\n{string.Join('\n', expected)}\nbut the pipe reader says:\n{string.Join('\n', actual)}");
    }
}
