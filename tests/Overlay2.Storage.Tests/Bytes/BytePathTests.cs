using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests.Bytes;

public sealed class BytePathTests
{
    [Theory]
    [InlineData("/a", "b", "/a/b")]
    [InlineData("/a/", "b", "/a/b")]
    [InlineData("/", "b", "/b")]
    [InlineData("", "b", "b")]
    [InlineData("/a", "", "/a")]
    [InlineData("/a", "/b", "/b")]
    [InlineData("a", "b/c", "a/b/c")]
    public void Combine_joins_as_a_walk_would(string left, string right, string expected) =>
        Assert.Equal(BytePath.FromText(expected), BytePath.FromText(left).Combine(BytePath.FromText(right)));

    [Theory]
    [InlineData("/a/b", "/a")]
    [InlineData("/a/b/", "/a")]
    [InlineData("/a//b", "/a")]
    [InlineData("/a", "/")]
    [InlineData("//a", "/")]
    [InlineData("a", "")]
    [InlineData("a/b", "a")]
    public void Parent_drops_the_last_component(string path, string expected)
    {
        Assert.True(BytePath.FromText(path).TryGetParent(out BytePath parent));
        Assert.Equal(BytePath.FromText(expected), parent);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("")]
    public void Root_and_empty_path_have_no_parent(string path) =>
        Assert.False(BytePath.FromText(path).TryGetParent(out _));

    [Theory]
    [InlineData("/a/b", "b")]
    [InlineData("/a/b//", "b")]
    [InlineData("b", "b")]
    [InlineData("/", "")]
    [InlineData("", "")]
    public void FileName_is_the_last_component(string path, string expected) =>
        Assert.Equal(ByteString.FromText(expected), BytePath.FromText(path).FileName);

    [Theory]
    [InlineData("/a/b", "/a", true)]
    [InlineData("/a/b", "/a/", true)]
    [InlineData("/a//b", "/a/b", true)]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/", true)]
    [InlineData("/ab", "/a", false)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/a", "a", false)]
    [InlineData("a/b", "a", true)]
    [InlineData("a", "", true)]
    [InlineData("/a", "", false)]
    public void StartsWith_compares_whole_components(string path, string prefix, bool expected) =>
        Assert.Equal(expected, BytePath.FromText(path).StartsWith(BytePath.FromText(prefix)));

    [Theory]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/./b/", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("a/../../b", "../b")]
    [InlineData("./a", "a")]
    [InlineData("/a/.b/..c", "/a/.b/..c")]
    [InlineData("", "")]
    public void Dots_are_taken_out_by_names(string path, string expected) => Assert.Equal(expected, BytePath.FromText(path).WithoutDots().ToString());

    [Fact]
    public void Components_skip_separators_and_remember_the_way()
    {
        PathComponents components = BytePath.FromText("//a/b//c/").GetComponents();

        Assert.True(components.MoveNext());
        Assert.Equal("a"u8.ToArray(), components.Current.ToArray());
        Assert.True(components.MoveNext());
        Assert.Equal("//a/b"u8.ToArray(), components.Through.ToArray());
        Assert.True(components.MoveNext());
        Assert.Equal("c"u8.ToArray(), components.Current.ToArray());
        Assert.False(components.MoveNext());
        Assert.False(components.MoveNext());
    }

    [Fact]
    public void Order_is_that_of_unsigned_bytes()
    {
        BytePath[] paths = [new([0xff]), new("b"u8), new("a/"u8), new("a"u8), default];
        Array.Sort(paths);
        Assert.Equal([default, new("a"u8), new("a/"u8), new("b"u8), new([0xff])], paths);
        Assert.True(paths[0] < paths[1] && paths[4] > paths[3] && paths[0] <= paths[0] && paths[1] >= paths[0] && paths[0] != paths[1]);
    }

    [Fact]
    public void Walking_components_allocates_nothing()
    {
        BytePath path = BytePath.FromText("/var/lib/docker/overlay2");
        BytePath prefix = BytePath.FromText("/var/lib");
        Allocation.AssertNone(() =>
        {
            if (!path.StartsWith(prefix) || path.FileName.Length != 8 || !path.TryGetParent(out _))
                throw new InvalidOperationException();
        });
    }
}
