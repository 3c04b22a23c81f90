using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Interop;

public sealed class DirectoryReaderTests
{
    /// <summary>More records than one call of the kernel gives.</summary>
    private const int Many = 3000;

    private static readonly string[] s_numbers = [.. Enumerable.Range(0, Many).Select(number => number.ToString(CultureInfo.InvariantCulture)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_name_comes_once_and_takes_no_memory()
    {
        using TemporaryTree tree = WithMany();
        Assert.True(LibC.TryOpen(tree.Path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using SafeFileHandle directory = opened;
        var names = new List<string>();
        Read(directory, names);

        int count = 0;
        Allocation.AssertNone(() =>
        {
            LibC.TryRewind(directory, out _);
            count = Read(directory, names: null);
        });

        Assert.Equal(Many, count);
        Assert.Equal(s_numbers, names.Order(StringComparer.Ordinal));
        Assert.Equal(0, Read(directory, names: null));
    }

    [Fact]
    public void A_part_of_the_names_at_a_time_leaves_none_out()
    {
        using TemporaryTree tree = WithMany();
        Assert.True(LibC.TryOpen(tree.Path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using SafeFileHandle directory = opened;
        List<string> names = [];
        int parts = 0;

        for (int before = -1; before < names.Count; parts++)
        {
            before = names.Count;
            using DirectoryReader reader = new(directory);
            while ((names.Count == before || reader.HasMoreAtHand) && reader.Read())
                names.Add(Encoding.UTF8.GetString(reader.Name));
        }

        Assert.Equal(s_numbers, names.Order(StringComparer.Ordinal));
        Assert.InRange(parts, 3, 100);
    }

    [Fact]
    public void What_is_no_directory_has_an_error_and_no_names()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("file", "").WithLink("link", ".").WithFile("empty/x", "").Without("empty/x");
        Assert.True(RootedDirectory.TryOpen(tree.Path.Span, out RootedDirectory? opened, out _));
        using RootedDirectory root = opened!;

        Assert.Equal(Errno.ENOTDIR, ErrorOf(DirectoryReader.Open(Encoding.UTF8.GetBytes(tree["file"]))));
        Assert.Equal(Errno.ENOENT, ErrorOf(DirectoryReader.Open(root, "gone"u8, LinkRule.Refuse)));
        Assert.Equal(Errno.ENOTDIR, ErrorOf(DirectoryReader.Open(root, "file"u8, LinkRule.Refuse)));
        Assert.Equal(Errno.ELOOP, ErrorOf(DirectoryReader.Open(root, "link"u8, LinkRule.Refuse)));
        Assert.Equal(default, ErrorOf(DirectoryReader.Open(root, "empty"u8, LinkRule.Refuse)));
        using DirectoryReader followed = DirectoryReader.Open(root, "link"u8, LinkRule.FollowInside);
        Assert.True(followed.Read());
    }

    [Fact]
    public void A_directory_that_cannot_be_read_ends_it_with_the_error()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("file", "");
        Assert.True(LibC.TryOpen(tree.Path.Span, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using SafeFileHandle directory = opened;

        Assert.Equal(Errno.EBADF, ErrorOf(new DirectoryReader(directory)));
    }

    private static TemporaryTree WithMany()
    {
        var tree = new TemporaryTree();
        foreach (string name in s_numbers)
            tree.WithFile(name, "");
        return tree;
    }

    private static int Read(SafeFileHandle directory, List<string>? names)
    {
        int count = 0;
        using DirectoryReader reader = new(directory);
        for (; reader.Read(); count++)
            names?.Add(Encoding.UTF8.GetString(reader.Name));
        return reader.Error.IsError ? -1 : count;
    }

    private static Errno ErrorOf(DirectoryReader directory)
    {
        using DirectoryReader reader = directory;
        Assert.False(reader.Read());
        Assert.False(reader.Read());
        return reader.Error;
    }
}
