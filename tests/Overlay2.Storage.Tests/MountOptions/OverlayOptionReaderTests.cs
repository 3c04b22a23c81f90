using System.Text;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

public sealed class OverlayOptionReaderTests
{
    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static List<string> Options(string text)
    {
        var options = new List<string>();
        var reader = new OverlayOptionReader(Encoding.Latin1.GetBytes(text));
        while (reader.Read())
            options.Add(reader.HasValue ? $"{Text(reader.Name)}|{Text(reader.Value)}" : Text(reader.Name));
        Assert.True(reader.Option.IsEmpty);
        Assert.False(reader.Read());
        return options;
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData(",,", new string[0])]
    [InlineData("rw", new[] { "rw" })]
    [InlineData("rw,lowerdir=/l,upperdir=/u,workdir=/w,index=on", new[] { "rw", "lowerdir|/l", "upperdir|/u", "workdir|/w", "index|on" })]
    [InlineData("rw,,x,", new[] { "rw", "x" })]
    [InlineData("a=b=c,context=a=b=c", new[] { "a|b=c", "context|a=b=c" })] // split at the first "="
    [InlineData("a=,=b", new[] { "a|", "|b" })]
    [InlineData("rw,context=\"s:o:c1,c2\",lowerdir=/l", new[] { "rw", "context|\"s:o:c1,c2\"", "lowerdir|/l" })]
    [InlineData("fscontext=\"a,b\",defcontext=\"c,d\",rootcontext=\"e,f\"", new[] { "fscontext|\"a,b\"", "defcontext|\"c,d\"", "rootcontext|\"e,f\"" })]
    [InlineData("lowerdir=q\"q:l,upperdir=u\"u,workdir=/w", new[] { "lowerdir|q\"q:l", "upperdir|u\"u", "workdir|/w" })] // a lone quote is plain
    [InlineData("lowerdir=\"q:l,upperdir=u\",workdir=/w", new[] { "lowerdir|\"q:l", "upperdir|u\"", "workdir|/w" })]
    [InlineData("xcontext=\"a,b\"", new[] { "xcontext|\"a", "b\"" })]
    [InlineData("context=a\"b,c\"", new[] { "context|a\"b", "c\"" })] // not directly behind the "="
    [InlineData("context=\"a,lowerdir=/l", new[] { "context|\"a", "lowerdir|/l" })]
    [InlineData("lowerdir=/a b:/c d,upperdir=/u v", new[] { "lowerdir|/a b:/c d", "upperdir|/u v" })] // raw spaces of 6.5
    [InlineData("lowerdir=lo\\134\\054w:l\\134:w,upperdir=u\\054p", new[] { "lowerdir|lo\\134\\054w:l\\134:w", "upperdir|u\\054p" })]
    public void Options_are_split_at_commas_and_at_the_first_equals_sign(string text, string[] expected) =>
        Assert.Equal(expected, Options(text));

    [Theory]
    [InlineData("lowerdir=x", OverlayOptionKind.LowerDirectories)]
    [InlineData("lowerdir+=x", OverlayOptionKind.AddedLowerDirectory)]
    [InlineData("datadir+=x", OverlayOptionKind.AddedDataDirectory)]
    [InlineData("upperdir=x", OverlayOptionKind.UpperDirectory)]
    [InlineData("workdir=x", OverlayOptionKind.WorkDirectory)]
    [InlineData("lowerdir", OverlayOptionKind.Other)]
    [InlineData("xlowerdir=x", OverlayOptionKind.Other)]
    [InlineData("datadir=x", OverlayOptionKind.Other)]
    [InlineData("redirect_dir=on", OverlayOptionKind.Other)]
    public void Kinds(string text, OverlayOptionKind kind)
    {
        var reader = new OverlayOptionReader(Encoding.Latin1.GetBytes(text));
        Assert.True(reader.Read());
        Assert.Equal(kind, reader.Kind);
    }

    [Theory]
    [InlineData("upperdir=u\\134\\054p", "u,p")]
    [InlineData("upperdir=u:p", "u:p")]
    [InlineData("workdir=/w\\040k\\134\\134", "/w k\\")]
    [InlineData("lowerdir+=lo\\054w", "lo,w")]
    [InlineData("lowerdir+=l\\134w", "l\\w")]
    [InlineData("datadir+=a\\134:b", "a\\:b")]
    [InlineData("lowerdir=a\\134:b", "a\\:b")]
    [InlineData("context=\"a,b\"", "a,b")]
    [InlineData("context=a\\040b", "a b")]
    [InlineData("rw", "")]
    public void Values_are_decoded_by_the_rule_of_their_option(string text, string expected)
    {
        var reader = new OverlayOptionReader(Encoding.Latin1.GetBytes(text));
        Assert.True(reader.Read());
        byte[] buffer = new byte[reader.Value.Length];
        Assert.True(reader.TryUnescapeValue(buffer, out int written));
        Assert.Equal(expected, Text(buffer.AsSpan(0, written)));
        if (written > 0)
        {
            Assert.False(reader.TryUnescapeValue(buffer.AsSpan(0, written - 1), out written));
            Assert.Equal(0, written);
        }
    }

    [Fact]
    public void Layers_of_one_option_each()
    {
        var reader = new OverlayOptionReader("rw,lowerdir+=lo\\054w,lowerdir+=l:w,lowerdir+=l\\134w,datadir+=d:d,redirect_dir=on"u8);
        var layers = new List<string>();
        byte[] buffer = new byte[100];
        while (reader.Read())
        {
            OverlayLayerReader layer = reader.GetLayers();
            while (layer.Read())
            {
                Assert.True(layer.TryUnescape(buffer, out int written));
                layers.Add((layer.IsDataOnly ? "data " : "") + Text(buffer.AsSpan(0, written)));
            }
        }

        Assert.Equal(["lo,w", "l:w", "l\\w", "data d:d"], layers);
    }

    [Fact]
    public void The_three_directories_in_one_pass()
    {
        OverlayDirectories directories = OverlayDirectories.Find("rw,context=\"a,lowerdir=/no\",lowerdir=/l1:/l2,upperdir=/u,workdir=/w,index=on"u8);
        Assert.Equal("/l1:/l2", Text(directories.LowerDirectories));
        Assert.Equal("/u", Text(directories.UpperDirectory));
        Assert.Equal("/w", Text(directories.WorkDirectory));

        directories = OverlayDirectories.Find("ro,lowerdir=/l1:/l2"u8);
        Assert.Equal("/l1:/l2", Text(directories.LowerDirectories));
        Assert.True(directories.UpperDirectory.IsEmpty);
        Assert.True(directories.WorkDirectory.IsEmpty);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] text = Encoding.Latin1.GetBytes("rw,context=\"a,b\",lowerdir=/l\\134:x:" + string.Join(':', Enumerable.Repeat("/l", 99)) + "::/d,upperdir=/u\\040,workdir=/w");
        byte[] buffer = new byte[1000];
        Allocation.AssertNone(() =>
        {
            var reader = new OverlayOptionReader(text);
            int layers = 0;
            while (reader.Read())
            {
                OverlayLayerReader layer = reader.GetLayers();
                while (layer.Read())
                {
                    layers++;
                    layer.TryUnescape(buffer, out _);
                }

                reader.TryUnescapeValue(buffer, out _);
            }

            if (layers != 101)
                throw new InvalidOperationException("wrong count");
        });
    }
}
