using CsCheck;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.TestShared;

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
    public void Any_cutting_gives_the_lines_entries_and_errors_of_the_whole_text() =>
        s_cutText.Sample(sample => MountInfoPipeComparison.Check(sample.Text, sample.Cuts), iter: 1000);

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
                SegmentedPipe.Finish(new MountInfoPipeReader(SegmentedPipe.Create(sample.Text, cuts)) { MaxLineLength = longest, OnBadLine = bad => lines.Add(bad.ToString()) }
                    .ReadAsync((scoped in MountInfoReader line) => lines.Add(MountInfoPipeComparison.Show(line))));
            }
            catch (MountInfoFormatException e)
            {
                error = e.Error;
            }

            Assert.Equal(System.Text.Encoding.Latin1.GetString(sample.Text).Split('\n').Any(line => line.Length > longest), error.Reason == MountInfoErrorReason.LineTooLong);
            return (string.Join('\n', lines), error);
        }
    });
}
