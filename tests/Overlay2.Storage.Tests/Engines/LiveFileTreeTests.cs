using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Engines;

public sealed class LiveFileTreeTests
{
    private static readonly BytePath s_docker = BytePath.FromText("docker");

    [Fact]
    public void Paths_longer_than_the_kernel_takes_are_reached()
    {
        const int Levels = 60;
        byte[] name = Enumerable.Repeat((byte)'d', 200).ToArray();
        using TemporaryTree files = new TemporaryTree().WithDirectory("docker");
        Assert.True(LibC.TryOpen(files.Path.Combine(s_docker).Span, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle at, out _));
        BytePath path = default;
        for (int i = 0; i < Levels; i++)
        {
            Assert.Equal(default, LibC.MakeDirectory(at, name, 0x1ED));
            Assert.True(LibC.TryOpenAt(at, name, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle next, out _));
            at.Dispose();
            at = next;
            path = path.Combine(new BytePath(name));
        }

        Assert.Equal(default, LibC.MakeLink(at, "link"u8, "target"u8));
        at.Dispose();
        using (LiveFileTree tree = Open(files))
        {
            Assert.True(tree.TryReadLink(path.Combine(BytePath.FromText("link")), out BytePath target, out _));
            Assert.Equal("target", target.ToString());
            Assert.True(tree.TryList(path, 10, out IReadOnlyList<FileTreeEntry> entries, out _));
            Assert.Equal("link", Assert.Single(entries).Name.ToString());
            Assert.False(tree.TryGetStatus(path.Combine(BytePath.FromText("link/below")), out _, out StoreProblem? problem));
            Assert.Equal(StoreProblemReason.SymbolicLink, problem.Reason);
            Assert.False(tree.TryGetStatus(BytePath.FromText("gone").Combine(path), out _, out problem));
            Assert.Equal(StoreProblemReason.NotFound, problem.Reason);
        }

        // Directory.Delete does not take such paths.
        Assert.True(LibC.TryOpen(files.Path.Span, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle opened, out _));
        using SafeFileHandle parent = opened;
        Assert.True(TreeRemoval.TryRemove(parent, s_docker.Span));
    }

    [Fact]
    public void Reading_leaves_access_times_alone()
    {
        var old = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        using TemporaryTree files = new TemporaryTree().WithFile("docker/file", "content");
        File.SetLastAccessTimeUtc(files["docker/file"], old);
        Directory.SetLastAccessTimeUtc(files["docker"], old);
        using LiveFileTree tree = Open(files);

        Assert.True(tree.TryList(default, 10, out _, out _));
        Assert.True(tree.TryRead(BytePath.FromText("file"), 10, out ByteString content, out _));

        Assert.Equal("content", content.ToString());
        Assert.Equal(old, File.GetLastAccessTimeUtc(files["docker/file"]));
        Assert.Equal(old, Directory.GetLastAccessTimeUtc(files["docker"]));
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(7, true)]
    public void A_file_is_read_up_to_the_limit(int limit, bool isRead)
    {
        using TemporaryTree files = new TemporaryTree().WithFile("docker/file", "content").WithFile("docker/empty", "");
        using LiveFileTree tree = Open(files);

        Assert.Equal(isRead, tree.TryRead(BytePath.FromText("file"), limit, out ByteString content, out StoreProblem? problem));

        Assert.Equal((isRead ? "content" : "", isRead ? null : "7 bytes, at most 6 are read"), (content.ToString(), problem?.Detail));
        Assert.True(tree.TryRead(BytePath.FromText("empty"), 0, out content, out _));
        Assert.True(content.IsEmpty);
    }

    private static LiveFileTree Open(TemporaryTree files)
    {
        Assert.True(LiveFileTree.TryOpen(files.Path, s_docker, out LiveFileTree? tree, out _));
        return tree;
    }
}
