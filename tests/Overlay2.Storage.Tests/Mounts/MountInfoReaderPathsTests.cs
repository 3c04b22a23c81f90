using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Mounts;

/// <summary>All kinds of vectors give the answers of a plain parser and read nothing outside the text.</summary>
public sealed class MountInfoReaderPathsTests
{
    private static readonly byte[] s_text = Encoding.Latin1.GetBytes(
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        + "1 2 0:3 / /p rw - overlay  rw\n"
        + "bad\n"
        + "123456789 2 0:1048575 / /p rw shared:1 master:2 propagate_from:3 - overlay overlay rw,lowerdir=/l1:/l2,upperdir=/u,workdir=/w\n"
        + $"7 2 0:3 /{new string('r', 130)} /{new string('p', 70)} rw a b c d e f g h i j k l m n o p q r s t u v w x y z - tmpfs t {new string('s', 700)}\n"
        + "8 2 0:3 / /p rw - fuse - overlay overlay rw - overlay x y\n"
        + "9 2 0:3 / /p rw - overlay x rw");

    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Repository.Data("mountinfo"), "*.mountinfo").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Real_tables(string file) =>
        MountInfoComparison.Check(File.ReadAllBytes(Repository.Data("mountinfo", file)));

    [Fact]
    public void Nothing_is_read_outside_the_text_whatever_its_length()
    {
        using var memory = new GuardedMemory(1);
        for (int start = 0; start < s_text.Length; start += start < 300 ? 1 : 7)
        {
            byte[] tail = s_text[start..];
            MountInfoComparison.Check(memory.PlaceAtEnd(tail), tail);
        }

        for (int length = 0; length <= s_text.Length; length++)
        {
            byte[] head = s_text[..length];
            MountInfoComparison.Check(memory.PlaceAtEnd(head), head);
            MountInfoComparison.Check(memory.PlaceAtStart(head), head);
        }
    }

    [Fact]
    public void Options_are_not_read_outside_the_text_whatever_its_length()
    {
        byte[] text = Encoding.Latin1.GetBytes(
            "rw,context=\"a,b\",lowerdir=/l1:/l\\134:2:" + string.Join(':', Enumerable.Repeat("/var/lib/l/ABCDEFGH", 20)) + "::/d,upperdir=/u,workdir=/w\\040");
        using var memory = new GuardedMemory(1);
        for (int length = 0; length <= text.Length; length++)
        {
            byte[] head = text[..length];
            byte[] tail = text[^length..];
            OverlayOptionsComparison.Check(memory.PlaceAtEnd(head), head);
            OverlayOptionsComparison.Check(memory.PlaceAtStart(tail), tail);
            OverlayOptionsComparison.Check(memory.PlaceAtEnd(tail), tail);
        }
    }

    [Fact]
    public void A_shortest_line_at_the_end_of_memory()
    {
        using var memory = new GuardedMemory(1);
        foreach (string line in (string[])["1 2 3:4    -   ", "1 2 :4    -   ", "1 2 3:    -   ", "1 2 3    -   ", "         -   ", "1 2     -   "])
        {
            byte[] text = Encoding.Latin1.GetBytes(line);
            MountInfoComparison.Check(memory.PlaceAtEnd(text), text);
        }
    }

    [Theory]
    [InlineData("1 2 0:3 / /p rw - tmpfs x rw,a= - overlay overlay")] // in the super options of another type
    [InlineData("1 2 0:3 / /p rw - fuse - overlay rw")] // in source and super options
    [InlineData("1 2 0:3 / /p rw - overlayfs x rw")]
    [InlineData("1 2 0:3 / /p rw - overlay")] // bad: no source
    [InlineData("1 2 0:3 / /p rw - overlay x")] // bad: no super options
    [InlineData("1 2 0:3 - overlay rw x - tmpfs x rw")] // in root and mount point
    [InlineData(" - overlay ")]
    [InlineData("- overlay rw")]
    public void Text_that_looks_like_an_overlay_line_is_skipped(string line)
    {
        const string Overlay = "5 2 0:3 / /p rw - overlay o rw,lowerdir=/a - overlay b\n";
        byte[] text = Encoding.Latin1.GetBytes($"{line}\n{line}\n{Overlay}{line}\n{Overlay}{line}");
        MountInfoComparison.Check(text);

        var reader = new MountInfoReader(text);
        Assert.True(reader.ReadOverlay());
        Assert.Equal(5, reader.MountId);
        Assert.Equal("rw,lowerdir=/a - overlay b", Encoding.Latin1.GetString(reader.SuperOptions));
        Assert.True(reader.ReadOverlay());
        Assert.False(reader.ReadOverlay());
    }

    [Fact]
    public void Overlay_lines_can_be_read_after_others_and_others_after_them()
    {
        var reader = new MountInfoReader("1 2 0:3 / /p rw - a b c\n2 2 0:3 / /p rw - a b c\n3 2 0:3 / /p rw - overlay b c\n4 2 0:3 / /p rw - a b c"u8);
        Assert.True(reader.Read());
        Assert.True(reader.ReadOverlay());
        Assert.Equal(3, reader.MountId);
        Assert.True(reader.Read());
        Assert.Equal(4, reader.MountId);
        Assert.False(reader.ReadOverlay());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] buffer = new byte[1000];
        Allocation.AssertNone(() =>
        {
            var reader = new MountInfoReader(s_text);
            long sum = 0;
            while (reader.TryRead() is var status && status != MountInfoStatus.End)
            {
                if (status == MountInfoStatus.BadLine)
                {
                    sum += reader.Error.LineNumber;
                    continue;
                }

                sum += reader.MountId + reader.ParentId + reader.Major + reader.Minor + reader.Root.Length + reader.MountPoint.Length
                    + reader.Options.Length + reader.OptionalFields.Length + reader.FileSystemType.Length + reader.Source.Length
                    + reader.SuperOptions.Length + reader.Line.Length;
                OctalEscape.TryUnescape(reader.MountPoint, buffer, out int written);
                sum += written;
            }

            reader = new MountInfoReader(s_text);
            while (reader.ReadOverlay())
                sum++;
            if (sum < 1000)
                throw new InvalidOperationException("nothing was read");
        });
    }
}
