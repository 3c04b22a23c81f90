using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests.Bytes;

public sealed class ByteStringTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("ünïcödé €", "ünïcödé €")]
    [InlineData("back\\slash", @"back\134slash")]
    [InlineData("tab\tbell\adel\x7f", @"tab\011bell\007del\177")]
    [InlineData("c1\u0085", @"c1\302\205")]
    [InlineData("rtl\u202e", @"rtl\342\200\256")]
    public void Display_shows_text_and_disarms_the_rest(string text, string expected) =>
        Assert.Equal(expected, ByteString.FromText(text).ToString());

    [Fact]
    public void Display_of_bytes_that_are_not_text_is_octal()
    {
        ByteString bytes = new([(byte)'a', 0xff, 0xe2, 0x82, (byte)'b']);
        Assert.Equal(@"a\377\342\202b", bytes.ToString());
        Assert.Equal(bytes, ByteString.FromDisplay(bytes.ToString()));
    }

    [Fact]
    public void Text_with_a_lone_surrogate_is_refused() =>
        Assert.Throws<EncoderFallbackException>(() => ByteString.FromText("\ud800"));

    [Fact]
    public void The_constructor_copies()
    {
        byte[] bytes = [1, 2];
        ByteString kept = new(bytes);
        bytes[0] = 9;
        Assert.Equal(new ByteString([1, 2]), kept);
    }

    [Fact]
    public void Json_is_a_string_for_text_and_an_object_for_other_bytes()
    {
        Assert.Equal("\"a b\"", JsonSerializer.Serialize(ByteString.FromText("a b")));
        Assert.Equal("{\"base64\":\"Yf8=\"}", JsonSerializer.Serialize(new ByteString([(byte)'a', 0xff])));
        Assert.Equal("\"/a\"", JsonSerializer.Serialize(BytePath.FromText("/a")));
        Assert.Equal(new BytePath([(byte)'a', 0xff]), JsonSerializer.Deserialize<BytePath>("{\"base64\":\"Yf8=\"}"));
        Assert.Equal(ByteString.FromText("a\"b"), JsonSerializer.Deserialize<ByteString>("\"a\\u0022b\""));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"base64\":1}")]
    [InlineData("{\"base64\":\"!\"}")]
    [InlineData("{\"base64\":\"YQ==\",\"more\":1}")]
    [InlineData("{\"other\":\"YQ==\"}")]
    [InlineData("[\"a\"]")]
    [InlineData("\"\\ud800\"")]
    public void Json_of_another_form_is_a_typed_error(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ByteString>(json));
}
