using System.Text;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests.Bytes;

public sealed class OctalEscapeTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData(@"a\040b", "a b")]
    [InlineData(@"\011\012\134", "\t\n\\")]
    [InlineData(@"\043", "#")]
    [InlineData(@"\134040", @"\040")]
    [InlineData(@"\000", "\0")]
    [InlineData(@"\4", @"\4")]
    [InlineData(@"\40", @"\40")]
    [InlineData(@"\400", @"\400")]
    [InlineData(@"\08 ", @"\08 ")]
    [InlineData(@"\", @"\")]
    [InlineData(@"a\", @"a\")]
    [InlineData(@"\\040", @"\ ")]
    public void Unescape_decodes_once_from_left_to_right(string escaped, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(OctalEscape.Unescape(Encoding.Latin1.GetBytes(escaped))));

    [Fact]
    public void Unescape_knows_every_byte_up_to_377()
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] escaped = Encoding.ASCII.GetBytes("\\" + Convert.ToString(value, 8).PadLeft(3, '0'));
            Assert.Equal([(byte)value], OctalEscape.Unescape(escaped));
        }
    }

    [Theory]
    [InlineData(OctalEscapeSet.Path, " \t\n\\#,:\"", @"\040\011\012\134#,:""")]
    [InlineData(OctalEscapeSet.Source, " #,", @"\040\043,")]
    [InlineData(OctalEscapeSet.Option, " #,", @"\040#\054")]
    public void Escape_writes_the_bytes_of_the_field(OctalEscapeSet set, string raw, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(OctalEscape.Escape(Encoding.Latin1.GetBytes(raw), set)));

    [Fact]
    public void A_destination_that_is_too_short_is_said()
    {
        for (int length = 0; length < 3; length++)
            Assert.False(OctalEscape.TryUnescape(@"a\040b"u8, new byte[length], out _));
        for (int length = 0; length < 6; length++)
            Assert.False(OctalEscape.TryEscape("a b"u8, OctalEscapeSet.Path, new byte[length], out _));

        Assert.True(OctalEscape.TryUnescape(@"a\040b"u8, new byte[3], out int unescaped));
        Assert.Equal(3, unescaped);
        Assert.True(OctalEscape.TryEscape("a b"u8, OctalEscapeSet.Path, new byte[6], out int escaped));
        Assert.Equal(6, escaped);
    }

    [Fact]
    public void Unescape_may_work_in_place()
    {
        byte[] buffer = @"/a\040b\134c"u8.ToArray();
        Assert.True(OctalEscape.TryUnescape(buffer, buffer, out int written));
        Assert.Equal(@"/a b\c"u8.ToArray(), buffer[..written]);
    }

    [Fact]
    public void An_unknown_set_is_misuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => OctalEscape.Escape("a"u8, (OctalEscapeSet)99));

    [Fact]
    public void Try_forms_allocate_nothing()
    {
        byte[] buffer = new byte[256];
        Allocation.AssertNone(() =>
        {
            OctalEscape.TryEscape("/a b\\c\td"u8, OctalEscapeSet.Path, buffer, out int written);
            OctalEscape.TryUnescape(buffer.AsSpan(0, written), buffer, out _);
        });
    }
}
