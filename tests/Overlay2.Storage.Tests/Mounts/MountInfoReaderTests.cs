using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.Tests.Mounts;

/// <summary>Lines that kernels print and that have broken parsers.</summary>
public sealed class MountInfoReaderTests
{
    private static MountInfoReader ReadOne(string line)
    {
        var reader = new MountInfoReader(Encoding.Latin1.GetBytes(line));
        Assert.True(reader.Read());
        return reader;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Decoded(ReadOnlySpan<byte> bytes) => Text(OctalEscape.Unescape(bytes));

    [Fact]
    public void All_fields_of_a_line()
    {
        MountInfoReader reader = ReadOne("36 35 98:1048575 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n");
        Assert.Equal(36, reader.MountId);
        Assert.Equal(35, reader.ParentId);
        Assert.Equal(98, reader.Major);
        Assert.Equal(1048575, reader.Minor);
        Assert.Equal("/mnt1", Text(reader.Root));
        Assert.Equal("/mnt2", Text(reader.MountPoint));
        Assert.Equal("rw,noatime", Text(reader.Options));
        Assert.Equal("master:1", Text(reader.OptionalFields));
        Assert.Equal("ext3", Text(reader.FileSystemType));
        Assert.Equal("/dev/root", Text(reader.Source));
        Assert.Equal("rw,errors=continue", Text(reader.SuperOptions));
        Assert.Equal("36 35 98:1048575 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", Text(reader.Line));
        Assert.False(reader.Read());
        Assert.True(reader.Root.IsEmpty);
        Assert.True(reader.Line.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("shared:1")]
    [InlineData("shared:1 master:2")]
    [InlineData("shared:1 master:2 propagate_from:3")]
    [InlineData("unbindable")]
    [InlineData("master:2 unbindable new_tag:7 x")]
    [InlineData("a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z")]
    [InlineData("-- -x x-")]
    public void Optional_fields_are_kept_in_order(string optional)
    {
        MountInfoReader reader = ReadOne($"1 2 0:3 / /p rw {optional}{(optional.Length > 0 ? " " : "")}- tmpfs src rw\n");
        Assert.Equal(optional, Text(reader.OptionalFields));
        Assert.Equal("tmpfs", Text(reader.FileSystemType));
        Assert.Equal("src", Text(reader.Source));
        Assert.Equal("rw", Text(reader.SuperOptions));
    }

    [Theory]
    [InlineData("tmpfs  rw,inode64", "tmpfs", "", "rw,inode64")] // an empty source
    [InlineData("tmpfs - rw", "tmpfs", "-", "rw")] // a source like the separator
    [InlineData("9p - rw,path=C:\\a  b", "9p", "-", "rw,path=C:\\a  b")] // such a source, and two spaces in the options
    [InlineData("9p drvfs rw,path=C:\\Program Files\\Docker;symlinkroot=/mnt/,fd=5 ", "9p", "drvfs", "rw,path=C:\\Program Files\\Docker;symlinkroot=/mnt/,fd=5 ")]
    [InlineData("cifs //s/x rw,unc=\\\\foo\\BLA BLA BLA,uid=0", "cifs", "//s/x", "rw,unc=\\\\foo\\BLA BLA BLA,uid=0")]
    [InlineData("overlay overlay rw,lowerdir=/a b:/c d,upperdir=/u", "overlay", "overlay", "rw,lowerdir=/a b:/c d,upperdir=/u")]
    [InlineData("fuse.sshfs user@host:/srv/my\\040files rw", "fuse.sshfs", "user@host:/srv/my\\040files", "rw")]
    [InlineData("tmpfs cr\rhere\v\u0001\0 rw\r", "tmpfs", "cr\rhere\v\u0001\0", "rw\r")] // only space and newline separate
    [InlineData("tmpfs s ", "tmpfs", "s", "")]
    [InlineData("tmpfs  ", "tmpfs", "", "")]
    [InlineData("- - -", "-", "-", "-")]
    public void What_follows_the_separator(string tail, string type, string source, string superOptions)
    {
        MountInfoReader reader = ReadOne($"1 2 0:3 / /p rw shared:1 - {tail}\n");
        Assert.Equal("shared:1", Text(reader.OptionalFields));
        Assert.Equal(type, Text(reader.FileSystemType));
        Assert.Equal(source, Text(reader.Source));
        Assert.Equal(superOptions, Text(reader.SuperOptions));
    }

    [Theory]
    [InlineData("/", "/\\040-\\040", "/", "/ - ")] // a mount point like the separator
    [InlineData("/", "/media/300A-6F09", "/", "/media/300A-6F09")]
    [InlineData("-", "-", "-", "-")] // the separator is looked for from the seventh field on
    [InlineData("/a\\011b", "/c\\012d\\134e", "/a\tb", "/c\nd\\e")]
    [InlineData("/x//deleted", "/y\\040(deleted)", "/x//deleted", "/y (deleted)")]
    [InlineData("net:[4026532569]", "/run/netns/a", "net:[4026532569]", "/run/netns/a")]
    [InlineData("/../..", "/\"quote", "/../..", "/\"quote")]
    [InlineData("/\\134040", "/\\222\\4\\", "/\\040", "/\u0092\\4\\")]
    [InlineData("/\u00ff\u00fe", "/\u00fc\r\v\u0001", "/\u00ff\u00fe", "/\u00fc\r\v\u0001")] // not UTF-8; controls
    public void Roots_and_mount_points(string rawRoot, string rawPoint, string root, string point)
    {
        MountInfoReader reader = ReadOne($"1 2 0:3 {rawRoot} {rawPoint} rw shared:1 - a\\043b \\043s rw");
        Assert.Equal(rawRoot, Text(reader.Root));
        Assert.Equal(rawPoint, Text(reader.MountPoint));
        Assert.Equal(root, Decoded(reader.Root));
        Assert.Equal(point, Decoded(reader.MountPoint));
        Assert.Equal("rw", Text(reader.Options));
        Assert.Equal("shared:1", Text(reader.OptionalFields));
        Assert.Equal("a#b", Decoded(reader.FileSystemType));
        Assert.Equal("#s", Decoded(reader.Source));
        Assert.Equal("rw", Text(reader.SuperOptions));
    }

    [Fact]
    public void A_line_of_108_KB_is_read_and_so_is_the_next()
    {
        string layers = string.Concat(Enumerable.Range(0, 480).Select(i => $",lowerdir+=/{new string('x', 210)}{i}"));
        MountInfoReader reader = ReadOne($"1 2 0:3 / /p rw - overlay overlay rw{layers}\n7 2 0:3 / /q rw - tmpfs t rw");
        Assert.Equal("rw" + layers, Text(reader.SuperOptions));
        Assert.True(reader.Read());
        Assert.Equal(7, reader.MountId);
        Assert.Equal("rw", Text(reader.SuperOptions));
        Assert.False(reader.Read());
    }

    [Fact]
    public void Nothing_is_read_from_an_empty_text()
    {
        var reader = new MountInfoReader(default);
        Assert.Equal(MountInfoStatus.End, reader.TryRead());
        Assert.False(reader.Read());
        Assert.False(reader.ReadOverlay());
        Assert.True(reader.SuperOptions.IsEmpty);
        Assert.False(reader.TryGetMountId(out _));
    }

    [Fact]
    public void A_default_reader_has_no_fields_and_no_lines()
    {
        MountInfoReader reader = default;
        Assert.True(reader.Root.IsEmpty);
        Assert.True(reader.SuperOptions.IsEmpty);
        Assert.False(reader.TryGetMinor(out _));
        Assert.Equal(MountInfoStatus.End, reader.TryRead());
    }

    [Theory]
    [InlineData("\n", MountInfoField.ParentId, MountInfoErrorReason.MissingField, 0)]
    [InlineData("1", MountInfoField.ParentId, MountInfoErrorReason.MissingField, 1)]
    [InlineData("1 2", MountInfoField.Major, MountInfoErrorReason.MissingField, 3)]
    [InlineData("1 2 0:3", MountInfoField.Root, MountInfoErrorReason.MissingField, 7)]
    [InlineData("1 2 0:3 /", MountInfoField.MountPoint, MountInfoErrorReason.MissingField, 9)]
    [InlineData("1 2 0:3 / /p", MountInfoField.Options, MountInfoErrorReason.MissingField, 12)]
    [InlineData("1 2 0:3 / /p rw", MountInfoField.Separator, MountInfoErrorReason.MissingSeparator, 15)]
    [InlineData("1 2 0:3 / /p rw shared:1 tmpfs t rw", MountInfoField.Separator, MountInfoErrorReason.MissingSeparator, 35)]
    [InlineData("1 2 0:3 / /p rw shared:1 tmpfs t rw\n1 2 0:3 / /p rw - tmpfs t rw", MountInfoField.Separator, MountInfoErrorReason.MissingSeparator, 35)]
    [InlineData("1 2 0:3 / /p rw -", MountInfoField.FileSystemType, MountInfoErrorReason.MissingField, 17)]
    [InlineData("1 2 0:3 / /p rw - tmpfs", MountInfoField.Source, MountInfoErrorReason.MissingField, 23)]
    [InlineData("1 2 0:3 / /p rw - tmpfs rw", MountInfoField.SuperOptions, MountInfoErrorReason.MissingField, 26)]
    public void A_bad_line_has_a_place_and_a_reason(string line, MountInfoField field, MountInfoErrorReason reason, int offset)
    {
        const string First = "1 2 0:3 / /p rw - tmpfs t rw\n";
        byte[] text = Encoding.Latin1.GetBytes(First + line);
        var reader = new MountInfoReader(text);
        Assert.Equal(MountInfoStatus.Entry, reader.TryRead());
        Assert.Equal(default, reader.Error);
        Assert.Equal(MountInfoStatus.BadLine, reader.TryRead());
        Assert.Equal(new MountInfoError(2, First.Length + offset, field, reason), reader.Error);
        Assert.True(reader.MountPoint.IsEmpty);
        Assert.False(reader.TryGetMountId(out _));

        MountInfoFormatException exception = Assert.Throws<MountInfoFormatException>(() =>
        {
            var throwing = new MountInfoReader(text);
            while (throwing.Read())
            {
            }
        });
        Assert.Equal(reader.Error, exception.Error);
        Assert.Contains("line 2, byte ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_goes_on_after_a_bad_line()
    {
        var reader = new MountInfoReader("junk\n\n5 2 0:3 / /p rw - tmpfs t rw\n"u8);
        Assert.Equal(MountInfoStatus.BadLine, reader.TryRead());
        Assert.Equal(MountInfoStatus.BadLine, reader.TryRead());
        Assert.Equal(2, reader.Error.LineNumber);
        Assert.Equal(MountInfoStatus.Entry, reader.TryRead());
        Assert.Equal(5, reader.MountId);
        Assert.Equal(default, reader.Error);
        Assert.Equal(MountInfoStatus.End, reader.TryRead());
    }

    [Theory]
    [InlineData("2147483647", 2147483647)]
    [InlineData("1000000000", 1000000000)]
    [InlineData("12345678", 12345678)]
    [InlineData("123456789", 123456789)]
    [InlineData("0", 0)]
    [InlineData("00000000000000000000007", 7)]
    public void Numbers(string digits, int expected)
    {
        MountInfoReader reader = ReadOne($"{digits} {digits} {digits}:{digits} / /p rw - tmpfs t rw");
        Assert.Equal(expected, reader.MountId);
        Assert.Equal(expected, reader.ParentId);
        Assert.Equal(expected, reader.Major);
        Assert.Equal(expected, reader.Minor);
        Assert.True(reader.TryGetMountId(out int value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("2147483648", MountInfoErrorReason.NumberTooLarge)]
    [InlineData("9999999999", MountInfoErrorReason.NumberTooLarge)]
    [InlineData("18446744073709551617", MountInfoErrorReason.NumberTooLarge)]
    [InlineData("99999999999999999999999999999999999999999999999999", MountInfoErrorReason.NumberTooLarge)]
    [InlineData("", MountInfoErrorReason.NotANumber)]
    [InlineData("-1", MountInfoErrorReason.NotANumber)]
    [InlineData("+1", MountInfoErrorReason.NotANumber)]
    [InlineData("1x", MountInfoErrorReason.NotANumber)]
    [InlineData("x1", MountInfoErrorReason.NotANumber)]
    [InlineData("12/4", MountInfoErrorReason.NotANumber)]
    [InlineData("12;4", MountInfoErrorReason.NotANumber)]
    [InlineData("1\r", MountInfoErrorReason.NotANumber)]
    [InlineData("\0", MountInfoErrorReason.NotANumber)]
    [InlineData("99999999999x", MountInfoErrorReason.NotANumber)]
    [InlineData("\u00b1\u00b1", MountInfoErrorReason.NotANumber)]
    public void A_bad_number_is_a_typed_error_and_no_wrong_number(string digits, MountInfoErrorReason reason)
    {
        const string First = "1 2 0:3 / /p rw - tmpfs t rw\n";
        MountInfoReader reader = ReadOne(First + $"{digits} {digits} {digits}:{digits} / /p rw - tmpfs t rw");
        Assert.Equal(MountInfoStatus.Entry, reader.TryRead());
        Assert.False(reader.TryGetMountId(out int id));
        Assert.Equal(0, id);
        Assert.False(reader.TryGetParentId(out _));
        Assert.False(reader.TryGetMajor(out _));
        Assert.False(reader.TryGetMinor(out _));

        int offset = First.Length;
        MountInfoError error = default;
        try { _ = reader.MountId; } catch (MountInfoFormatException e) { error = e.Error; }
        Assert.Equal(new MountInfoError(2, offset, MountInfoField.MountId, reason), error);
        offset += digits.Length + 1;
        try { _ = reader.ParentId; } catch (MountInfoFormatException e) { error = e.Error; }
        Assert.Equal(new MountInfoError(2, offset, MountInfoField.ParentId, reason), error);
        offset += digits.Length + 1;
        try { _ = reader.Major; } catch (MountInfoFormatException e) { error = e.Error; }
        Assert.Equal(new MountInfoError(2, offset, MountInfoField.Major, reason), error);
        offset += digits.Length + 1;
        try { _ = reader.Minor; } catch (MountInfoFormatException e) { error = e.Error; }
        Assert.Equal(new MountInfoError(2, offset, MountInfoField.Minor, reason), error);

        Assert.Equal("/p", Text(reader.MountPoint));
    }

    [Theory]
    [InlineData("::5")]
    [InlineData(":5")]
    [InlineData("5:")]
    [InlineData("5:1:2")]
    [InlineData("x:x")]
    public void The_first_colon_of_a_device_number_counts(string device) =>
        MountInfoComparison.Check(Encoding.Latin1.GetBytes($"1 2 {device} / /p rw - tmpfs t rw\n"));

    [Fact]
    public void A_device_number_without_a_colon_is_an_error_of_both_parts()
    {
        MountInfoReader reader = ReadOne("1 2 12 / /p rw - tmpfs t rw");
        Assert.False(reader.TryGetMajor(out _));
        MountInfoError error = default;
        try { _ = reader.Minor; } catch (MountInfoFormatException e) { error = e.Error; }
        Assert.Equal(new MountInfoError(1, 4, MountInfoField.Minor, MountInfoErrorReason.MissingColon), error);
    }

    [Fact]
    public void A_number_without_a_line_is_misuse() => Assert.Throws<InvalidOperationException>(() =>
    {
        var reader = new MountInfoReader("1 2 0:3 / /p rw - tmpfs t rw\n"u8);
        _ = reader.MountId;
    });
}
