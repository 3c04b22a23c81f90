using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Repair.Hosts;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Repair;

/// <summary>Removals of real trees: everything below the directory goes, nothing else does.</summary>
public sealed class TreeRemovalTests
{
    /// <summary>Together with the names, more than the 4,096 bytes that a path may have.</summary>
    private const int Depth = 800;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Links_are_removed_and_not_followed(bool avoidOpenAt2)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("outside/kept", "kept").WithFile("top/a/b/file", "").WithFifo("top/a/fifo").WithByteName("top/a", [0xff, 0x0a])
            .WithLink("top/up", "..").WithLink("top/a/out", "../../outside").WithLink("top/a/b/absolute", "/").WithLink("top/dangling", "gone").WithDirectory("top/empty/empty");
        File.CreateSymbolicLink(tree["top/a/rooted"], tree["outside"]);

        Assert.Null(Empty(tree, avoidOpenAt2: avoidOpenAt2));

        Assert.Empty(Directory.GetFileSystemEntries(tree["top"]));
        Assert.Equal("kept", File.ReadAllText(tree["outside/kept"]));
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_removed_with_few_open_directories()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("top");
        MakeDeep(tree["top"]);
        int most = 0;
        int calls = 0;

        Assert.Null(Empty(tree, _ => most = calls++ % 50 == 0 ? Math.Max(most, Directory.GetFiles("/proc/self/fd").Length) : most));

        Assert.Empty(Directory.GetFileSystemEntries(tree["top"]));
        Assert.InRange(most, 1, Depth / 2);
    }

    [Fact]
    public void A_removal_that_was_stopped_goes_on()
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("top");
        for (int i = 0; i < 30; i++)
            tree.WithFile($"top/{i % 3}/{i % 5}/{i}", "");
        int stops = 0;
        for (; ; stops++)
        {
            int left = 7;
            try
            {
                Assert.Null(Empty(tree, _ =>
                {
                    if (left-- == 0)
                        throw new InvalidOperationException("stopped");
                }));
                break;
            }
            catch (InvalidOperationException)
            {
                Assert.NotEmpty(Directory.GetFileSystemEntries(tree["top"]));
            }
        }

        Assert.InRange(stops, 4, 12);
        Assert.Empty(Directory.GetFileSystemEntries(tree["top"]));
    }

    [Fact]
    public void A_directory_that_becomes_a_link_is_removed_as_one()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("outside/kept", "").WithDirectory("top/victim").WithFile("top/a", "");
        bool isSwapped = false;

        Assert.Null(Empty(tree, name =>
        {
            if (isSwapped || name.ToString() != "a")
                return;
            isSwapped = true;
            Directory.Delete(tree["top/victim"]);
            File.CreateSymbolicLink(tree["top/victim"], tree["outside"]);
        }));

        Assert.True(isSwapped);
        Assert.True(File.Exists(tree["outside/kept"]));
        Assert.Empty(Directory.GetFileSystemEntries(tree["top"]));
    }

    [Theory]
    [InlineData(100, 3, "^/top/d/d/d was moved meanwhile$")]
    [InlineData(200, 100, "^/top/…(/d){16} was moved meanwhile$")]
    public void What_is_moved_away_meanwhile_is_not_run_after(int levels, int moved, string expected)
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("top").WithFile("outside/kept", "");
        string deep = tree["top"];
        for (int i = 0; i < levels; i++)
            Directory.CreateDirectory(deep += "/d");
        File.WriteAllText($"{deep}/last", "");
        bool isMoved = false;

        string? failure = Empty(tree, name =>
        {
            // The way back up leads out of the tree then.
            if (isMoved || name.ToString() != "last")
                return;
            isMoved = true;
            Directory.Move(tree[Path(moved)], tree["outside/d"]);
        });

        Assert.Matches(expected, failure);
        Assert.True(File.Exists(tree["outside/kept"]));
        Assert.True(Directory.Exists(tree[Path(moved - 1)]));

        static string Path(int count) => "top" + string.Concat(Enumerable.Repeat("/d", count));
    }

    [Fact]
    public void Names_that_keep_coming_end_it()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("top/d/0", "");
        int next = 0;

        string? failure = Empty(tree, name =>
        {
            if (name.ToString() == "d")
                File.WriteAllText(tree[$"top/d/{++next}"], "");
        });

        Assert.Contains("ENOTEMPTY", failure, StringComparison.Ordinal);
        Assert.InRange(next, 2, 40);
    }

    [Fact]
    public void A_directory_goes_with_all_that_is_in_it_and_nothing_else_does()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("outside/kept", "").WithFile("top/a/b/file", "").WithLink("top/a/out", "../../outside").WithLink("link", "outside");
        MakeDeep(tree["top"]);
        Assert.True(LibC.TryOpen(tree.Path.Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using SafeFileHandle parent = opened;

        Assert.True(TreeRemoval.TryRemove(parent, "top"u8));
        Assert.False(TreeRemoval.TryRemove(parent, "top"u8));
        Assert.False(TreeRemoval.TryRemove(parent, "link"u8));

        Assert.False(Directory.Exists(tree["top"]));
        Assert.True(File.Exists(tree["link/kept"]));
    }

    private static string? Empty(TemporaryTree tree, Action<ByteString>? checkpoint = null, bool avoidOpenAt2 = false)
    {
        Assert.True(LibC.TryOpen(tree.Path.Combine(BytePath.FromText("top")).Span, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle top, out _));
        return TreeRemoval.Empty(top, checkpoint is null ? null : name => checkpoint(new ByteString(name)), avoidOpenAt2) is { } failure
            ? LinuxEntries.Describe(BytePath.FromText("/top"), failure)
            : null;
    }

    private static void MakeDeep(string top)
    {
        Assert.True(LibC.TryOpen(BytePath.FromText(top).Span, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle current, out _));
        for (int i = 0; i < Depth; i++)
        {
            Assert.Equal(default, LibC.MakeDirectory(current, "deeper"u8, 0x1C0));
            Assert.True(LibC.TryOpenAt(current, "deeper"u8, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle next, out _));
            current.Dispose();
            current = next;
        }

        current.Dispose();
    }
}
