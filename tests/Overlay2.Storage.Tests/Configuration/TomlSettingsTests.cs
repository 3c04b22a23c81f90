using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Tests.Configuration;

public sealed class TomlSettingsTests
{
    [Fact]
    public void Half_a_character_is_no_text() => Assert.False(TomlSettings.TryParse(ByteString.FromText("a = \"\\uD800\""), out _, out _));

    [Fact]
    public void Texts_are_found_by_the_names_that_lead_to_them()
    {
        TomlSettings settings = Parse("""
            root = '/x'
            version = 2
            [storage]
            driver = "overlay"
            graphroot = "/a\u0020b"
            options.size = "1"
            [storage.options]
            additionalimagestores = [
              "/b", # first
              '/c',
            ]
            none = []
            [plugins."io.containerd.snapshotter.v1.overlayfs"]
            root_path = "q"
            [[proxy]]
            address = "1"
            [[proxy]]
            address = "2"
            """);

        Assert.Equal("/x", settings.Text("root"));
        Assert.Null(settings.Text("version"));
        Assert.Null(settings.Text("storage"));
        Assert.Equal("/a b", settings.Text("storage", "graphroot"));
        Assert.Equal("1", settings.Text("storage", "options", "size"));
        Assert.Equal(["/b", "/c"], settings.Texts("storage", "options", "additionalimagestores"));
        Assert.Empty(settings.Texts("storage", "options", "none")!);
        Assert.Null(settings.Text("storage", "options", "none"));
        Assert.Equal("q", settings.Text("plugins", "io.containerd.snapshotter.v1.overlayfs", "root_path"));
        Assert.Equal(["1", "2"], settings.Texts("proxy", "address"));
    }

    [Theory]
    [InlineData("a = ")]
    [InlineData("a = 'x'\na = 'y'")]
    [InlineData("[a\nb = 1")]
    [InlineData("a = \"\\q\"")]
    [InlineData("a = \"\\")]
    [InlineData("just text")]
    public void What_is_no_toml_is_an_error_with_a_reason(string text)
    {
        Assert.False(TomlSettings.TryParse(ByteString.FromText(text), out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error()
    {
        Assert.False(TomlSettings.TryParse(ByteString.Wrap(new byte[] { (byte)'a', (byte)'=', (byte)'\'', 0xff, (byte)'\'' }), out _, out string? error));
        Assert.Equal("not UTF-8", error);
    }

    [Theory]
    [InlineData("a=", "[")]
    [InlineData("a=", "{b=")]
    [InlineData("", "b.")]
    [InlineData("", "[[")]
    public void Nesting_without_end_costs_neither_stack_nor_time(string start, string again) =>
        Assert.False(TomlSettings.TryParse(ByteString.FromText(start + string.Concat(Enumerable.Repeat(again, 100_000))), out _, out _));

    [Fact]
    public void Many_keys_below_long_names_are_bounded()
    {
        string table = $"[{string.Join('.', Enumerable.Repeat(new string('n', 4000), 7))}]\n";
        TomlSettings settings = Parse(table + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"k{i}='x'\n")) + "[b]\nc='y'\n");

        Assert.Equal("y", settings.Text("b", "c"));
    }

    private static TomlSettings Parse(string text)
    {
        Assert.True(TomlSettings.TryParse(ByteString.FromText(text), out TomlSettings? settings, out string? error), error);
        return settings;
    }
}
