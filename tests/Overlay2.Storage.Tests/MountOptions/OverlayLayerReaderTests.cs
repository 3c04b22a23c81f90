using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

public sealed class OverlayLayerReaderTests
{
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Layers(string value)
    {
        string best = string.Join(" | ", Layers<ByteWindowScalar>(value));
        Assert.Equal(best, string.Join(" | ", Layers<ByteWindow128>(value)));
        Assert.Equal(best, string.Join(" | ", Layers<ByteWindow256>(value)));
        Assert.Equal(best, string.Join(" | ", Layers<ByteWindow512>(value)));
        return best;
    }

    private static List<string> Layers<TWindow>(string value)
        where TWindow : struct, IByteWindow
    {
        var layers = new List<string>();
        var reader = new OverlayLayerReader(Encoding.Latin1.GetBytes(value));
        while (reader.Read<TWindow>())
            layers.Add((reader.IsBehindDoubleColon ? "::" : reader.IsDataOnly ? "data " : "") + Text(reader.Path));
        Assert.False(reader.Read<TWindow>());
        Assert.True(reader.Path.IsEmpty);
        return layers;
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("/l", "/l")]
    [InlineData("l1:l2", "l1 | l2")]
    [InlineData("l1:l2::l3", "l1 | l2 | ::l3")]
    [InlineData("l1::l2::l3", "l1 | ::l2 | ::l3")]
    [InlineData("l1::l2:l3", "l1 | ::l2 | data l3")] // the kernel refuses it; the reader shows why
    [InlineData(":a", " | a")]
    [InlineData("a:", "a | ")]
    [InlineData("a:::b", "a | :: | data b")]
    [InlineData("a::", "a | ::")]
    [InlineData("::", " | ::")]
    [InlineData(":", " | ")]
    [InlineData("l\\134:w", "l\\134:w")]
    [InlineData("lo\\134\\054w:l\\134:w:l\\134\\134w", "lo\\134\\054w | l\\134:w | l\\134\\134w")]
    [InlineData("a\\134\\134:b", "a\\134\\134 | b")] // an escaped backslash, then a colon that separates
    [InlineData("a\\134\\134\\134:b:c", "a\\134\\134\\134:b | c")]
    [InlineData("a\\:b:c", "a\\:b | c")]
    [InlineData("a\\072b", "a | b")] // octal first
    [InlineData("a\\134\\072b", "a\\134\\072b")]
    [InlineData("a:b\\134", "a | b\\134")]
    [InlineData("/a\\134:b:/c\\134\\054d:/q\"r::/data", "/a\\134:b | /c\\134\\054d | /q\"r | ::/data")]
    [InlineData("l/ABC:l/DEF", "l/ABC | l/DEF")]
    public void Colons_separate_unless_escaped(string value, string expected) => Assert.Equal(expected, Layers(value));

    [Fact]
    public void Windows_end_anywhere()
    {
        for (int length = 0; length < 200; length++)
        {
            string first = new('x', length);
            Assert.Equal($"{first} | b", Layers($"{first}:b"));
            Assert.Equal($"a | {first}y | ::z", Layers($"a:{first}y::z"));
            Assert.Equal($"a | {first}\\134:y | ::z", Layers($"a:{first}\\134:y::z"));
        }
    }

    [Theory]
    [InlineData("lo\\134\\054w", "lo,w")]
    [InlineData("l\\134:w", "l:w")]
    [InlineData("l\\134\\134w", "l\\w")]
    [InlineData("p\\134q", "pq")]
    [InlineData("p\\q", "pq")]
    [InlineData("a\\134040", "a040")] // the octal level is undone once; then "\0" means "0"
    [InlineData("a\\134", "a")]
    [InlineData("\\377\\011", "\u00ff\t")]
    [InlineData("/plain", "/plain")]
    public void Both_levels_are_decoded(string escaped, string expected)
    {
        byte[] raw = Encoding.Latin1.GetBytes(escaped);
        Assert.Equal(expected, Text(OverlayPathEscape.Unescape(raw)));
        Assert.Equal(expected.Length, OverlayPathEscape.GetUnescapedLength(raw));
        Assert.False(OverlayPathEscape.TryUnescape(raw, new byte[expected.Length - 1], out int written));
        Assert.Equal(0, written);

        Assert.True(OverlayPathEscape.TryUnescape(raw, raw, out written)); // in place
        Assert.Equal(expected, Text(raw.AsSpan(0, written)));
    }
}
