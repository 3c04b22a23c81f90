using Overlay2.Storage.Bytes;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;

namespace Overlay2.Storage.Tests.Simulation.Backing;

/// <summary>Layers put on a file system and read back, possible and impossible ones.</summary>
public sealed class LayerBuilderTests
{
    [Fact]
    public void A_layer_is_read_back_as_it_was_described()
    {
        LayerTree tree = LayerTree.Empty
            .WithDirectory("d", 0x1C0)
            .WithFile("d/f", "text"u8.ToArray())
            .WithHardLink("g", "d/f")
            .WithSymbolicLink("l", "d/f")
            .WithWhiteout("gone")
            .WithExtendedAttribute("d", "trusted.overlay.opaque", "y"u8);
        var disk = new Disk(SimulatedFileSystemKind.Ext4);
        LayerTree read = LayerBuilder.Read(LayerBuilder.Build(disk.FileSystem, tree));
        Assert.Equal(tree.Entries.Select(e => e.Path).Order(), read.Entries.Select(e => e.Path).Order());
        LayerEntry file = read.Entries.Single(e => e.Type == FileType.Regular && e.HardLinkTo is null);
        Assert.Equal("text"u8, file.Content.Single().Bytes.Span);
        Assert.Equal(file.Path, read.Entries.Single(e => e.HardLinkTo is not null).HardLinkTo);
        Assert.Equal("y"u8, read.Entries.Single(e => e.Path.ToString() == "d").ExtendedAttributes.Single().Value.AsSpan());
    }

    public static TheoryData<string, LayerEntry> Impossible => new()
    {
        { "no parent", Entry("a/b") },
        { "parent is a file", Entry("file/b") },
        { "name twice", Entry("file") },
        { "dot", Entry(".") },
        { "two dots", Entry("..") },
        { "absolute", Entry("/a") },
        { "trailing slash", Entry("a/") },
        { "zero byte", Entry("a\0b") },
        { "256 bytes", Entry(new string('n', 256)) },
        { "path of 4096 bytes", Entry(new string('n', 4096)) },
        { "negative size", Entry("n") with { Size = -1 } },
        { "size past the end of ext4", Entry("n") with { Size = 1L << 44 } },
        { "data past the end of ext4", Entry("n") with { Size = 1, Content = [new LayerData(1L << 44, new byte[1])] } },
        { "data before the start", Entry("n") with { Size = 1, Content = [new LayerData(-5, new byte[1])] } },
        { "empty link", Entry("n") with { Type = FileType.SymbolicLink } },
        { "long link", Entry("n") with { Type = FileType.SymbolicLink, LinkTarget = BytePath.FromText(new string('n', 4096)) } },
        { "link of a directory", Entry("n") with { HardLinkTo = BytePath.FromText("dir") } },
        { "link of nothing", Entry("n") with { HardLinkTo = BytePath.FromText("nowhere") } },
        { "user attribute of a link", Entry("n") with { Type = FileType.SymbolicLink, LinkTarget = BytePath.FromText("t"), ExtendedAttributes = Attribute("user.x", 1) } },
        { "unknown name space", Entry("n") with { ExtendedAttributes = Attribute("nothing", 1) } },
        { "damaged list", Entry("n") with { ExtendedAttributes = Attribute("system.posix_acl_access", 7) } },
        { "attribute larger than a block", Entry("n") with { ExtendedAttributes = Attribute("user.x", 4096) } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_no_file_system_holds_is_a_typed_error(string what, LayerEntry entry)
    {
        var disk = new Disk(SimulatedFileSystemKind.Ext4);
        LayerTree tree = LayerTree.Empty.WithFile("file", new byte[1]).WithDirectory("dir").With(entry);
        LayerException error = Assert.Throws<LayerException>(() => LayerBuilder.Build(disk.FileSystem, tree));
        Assert.False(string.IsNullOrEmpty(error.Message), what);
    }

    [Fact]
    public void A_layer_larger_than_its_file_system_is_a_typed_error() =>
        Assert.Throws<LayerException>(() => LayerBuilder.Build(new Disk(SimulatedFileSystemKind.Tmpfs, blocks: 2).FileSystem, LayerTree.Empty.WithFile("f", new byte[10_000])));

    /// <summary>Renames make a tree deeper than any path: walks over it neither recurse nor gather memory.</summary>
    [Fact]
    public void A_tree_deeper_than_any_path_is_a_typed_error()
    {
        var disk = new Disk(SimulatedFileSystemKind.Ext4);
        BackingInode at = disk.Root;
        for (int i = 0; i < 200_000; i++)
            at = disk.MakeDirectory("d", at);
        Assert.Throws<LayerException>(() => LayerBuilder.Read(disk.Root));
    }

    private static LayerEntry Entry(string path) => new() { Path = BytePath.FromText(path), Type = FileType.Regular, Mode = 0x1A4 };

    private static System.Collections.Immutable.ImmutableSortedDictionary<ByteString, System.Collections.Immutable.ImmutableArray<byte>> Attribute(string name, int length) =>
        System.Collections.Immutable.ImmutableSortedDictionary<ByteString, System.Collections.Immutable.ImmutableArray<byte>>.Empty.Add(ByteString.FromText(name), [.. new byte[length]]);
}
