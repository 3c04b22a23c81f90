using System.Text;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

public sealed class UpperDirectoryOptionTests
{
    [Theory]
    [InlineData("rw,lowerdir=/l,upperdir=/u,workdir=/w", "/u")]
    [InlineData("rw,lowerdir=/l", "")]
    [InlineData("upperdir=/a,upperdir=/b", "/b")]
    [InlineData("upperdir=/a,upperdir", "/a")]
    [InlineData("upperdir=/a,upperdir=", "")]
    [InlineData(@"upperdir=/with\040blank,workdir=/w", "/with blank")]
    [InlineData(@"upperdir=/with\134\054comma,workdir=/w", "/with,comma")]
    [InlineData(@"upperdir=/a\134\134b,workdir=/w", @"/a\b")]
    [InlineData(@"upperdir=/a\134", "/a")]
    [InlineData("context=\"a,upperdir=/no,b\",upperdir=/u", "/u")]
    [InlineData("", "")]
    public void It_is_the_upper_layer_of_all_options_read(string superOptions, string expected)
    {
        byte[] text = Encoding.UTF8.GetBytes(superOptions);

        Assert.Equal(expected, Encoding.UTF8.GetString(UpperDirectoryOption.Find(text).Span));
        Assert.Equal(OverlayMountOptions.Parse(text).Upper?.Path ?? default, UpperDirectoryOption.Find(text));
    }
}
