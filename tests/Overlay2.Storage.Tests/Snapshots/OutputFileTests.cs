using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Tests.Snapshots;

/// <summary>Files that a caller names, in directories in which others can write too.</summary>
[SupportedOSPlatform("linux")]
public sealed class OutputFileTests : IDisposable
{
    private const uint Nobody = 65534;

    private readonly string _directory = Directory.CreateTempSubdirectory("overlay2-output-").FullName;

    private string Place => Path.Combine(_directory, "out");

    /// <summary>A file of root's, say, that must stay as it is.</summary>
    private string Precious => Path.Combine(_directory, "precious");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_written_whole_for_its_owner_alone()
    {
        File.WriteAllText(Place, "old");
        File.SetUnixFileMode(Place, (UnixFileMode)0x1B6); // 0666
        using (OutputFile file = OutputFile.Create(BytePath.FromText(Place)))
        {
            file.Content.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(Place));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Temporaries().Single()));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(Place));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Place));
        Assert.Equal([Place], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void What_is_not_committed_leaves_nothing()
    {
        File.WriteAllText(Place, "old");
        using (OutputFile file = OutputFile.Create(BytePath.FromText(Place)))
            file.Content.Write("new"u8);

        Assert.Equal("old", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Nobody_can_know_the_name_beforehand()
    {
        using OutputFile first = OutputFile.Create(BytePath.FromText(Place));
        using OutputFile second = OutputFile.Create(BytePath.FromText(Place));
        Assert.Equal(2, Temporaries().Distinct(StringComparer.Ordinal).Count());
        Assert.All(Temporaries(), name => Assert.Matches("^\\.overlay2-[0-9a-f]{16}\\.new$", Path.GetFileName(name)));
    }

    [Theory]
    [InlineData("a link to a file", false)]
    [InlineData("a link to a file", true)]
    [InlineData("a link to nothing", false)]
    [InlineData("a link to nothing", true)]
    [InlineData("a pipe", false)]
    [InlineData("a pipe", true)]
    [InlineData("a directory", false)]
    [InlineData("a directory", true)]
    public void What_is_no_regular_file_is_refused_and_stays(string kind, bool meanwhile)
    {
        File.WriteAllText(Precious, "precious");
        OutputFile? file = meanwhile ? OutputFile.Create(BytePath.FromText(Place)) : null;
        file?.Content.Write("new"u8);
        Plant(kind);
        string before = Look();

        OutputFileException refused = Assert.Throws<OutputFileException>(() => (file ?? OutputFile.Create(BytePath.FromText(Place))).Commit());
        file?.Dispose();

        Assert.Contains(kind.StartsWith("a link", StringComparison.Ordinal) ? "a symbolic link" : "no regular file", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(before, Look());
        Assert.Equal("precious", File.ReadAllText(Precious));
        Assert.Empty(Temporaries());
        Assert.False(File.Exists(Path.Combine(_directory, "nothing")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_of_somebody_else_is_refused_and_stays(bool meanwhile)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root, to give a file away.");
        OutputFile? file = meanwhile ? OutputFile.Create(BytePath.FromText(Place)) : null;
        File.WriteAllText(Place, "theirs");
        Give(Place);

        OutputFileException refused = Assert.Throws<OutputFileException>(() => (file ?? OutputFile.Create(BytePath.FromText(Place))).Commit());
        file?.Dispose();

        Assert.Contains("belongs to somebody else", refused.Reason, StringComparison.Ordinal);
        Assert.Equal("theirs", File.ReadAllText(Place));
        Assert.Equal([Place], Directory.GetFileSystemEntries(_directory));
    }

    /// <summary>A second name that somebody gave a file of the caller's is taken away from it; the file itself is not written.</summary>
    [Fact]
    public void A_second_name_of_another_file_is_replaced_and_the_file_stays()
    {
        File.WriteAllText(Precious, "precious");
        using (var ln = Process.Start("ln", [Precious, Place]))
            ln.WaitForExit();

        using (OutputFile file = OutputFile.Create(BytePath.FromText(Place)))
        {
            file.Content.Write("new"u8);
            file.Commit();
        }

        Assert.Equal(("precious", "new"), (File.ReadAllText(Precious), File.ReadAllText(Place)));
    }

    [Fact]
    public void The_directory_of_somebody_else_gets_a_file_of_the_callers_own()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root, to give a directory away.");
        Give(_directory);
        using (OutputFile file = OutputFile.Create(BytePath.FromText(Place)))
        {
            file.Content.Write("new"u8);
            file.Commit();
        }

        Assert.Equal(0u, Status(Encode(Place)).UserId);
    }

    [Fact]
    public void A_directory_that_moves_away_takes_the_file_along()
    {
        string moved = Path.Combine(_directory, "moved");
        string below = Path.Combine(_directory, "below");
        Directory.CreateDirectory(below);
        using (OutputFile file = OutputFile.Create(BytePath.FromText(Path.Combine(below, "out"))))
        {
            Directory.Move(below, moved);
            File.CreateSymbolicLink(below, "/");
            file.Commit();
        }

        Assert.True(File.Exists(Path.Combine(moved, "out")));
        Assert.False(File.Exists("/out"));
    }

    [Fact]
    public void A_name_that_is_no_text_is_a_name()
    {
        var place = new BytePath([.. Encode(_directory), .. "/a b\e"u8, 0xff]);
        using (OutputFile file = OutputFile.Create(place))
            file.Commit();
        Assert.True(Status(place.Span).IsRegular);
        LibC.Remove(place.Span, isDirectory: false); // Directory.Delete cannot name it.
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("name/")]
    [InlineData("/no/such/directory/file")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/mem/file")]
    public void A_place_for_no_file_is_refused(string path) => Assert.Throws<OutputFileException>(() => OutputFile.Create(BytePath.FromText(path)));

    [Fact]
    public void What_cannot_be_written_leaves_the_old_file()
    {
        File.WriteAllText(Place, "old");
        using (OutputFile file = OutputFile.Create(BytePath.FromText(Place)))
        {
            // No file system has so much room.
            file.Content.Position = long.MaxValue - 1;
            Assert.ThrowsAny<IOException>(() => file.Content.Write("new"u8));
        }

        Assert.Equal("old", File.ReadAllText(Place));
        Assert.Empty(Temporaries());
    }

    private string[] Temporaries() => Directory.GetFiles(_directory, ".overlay2-*");

    private void Plant(string kind)
    {
        switch (kind)
        {
            case "a link to a file":
                File.CreateSymbolicLink(Place, Precious);
                break;
            case "a link to nothing":
                File.CreateSymbolicLink(Place, Path.Combine(_directory, "nothing"));
                break;
            case "a pipe":
                Assert.False(LibC.MakeNode(Encode(Place), FileStatus.FifoType | 0x1B6u, 0).IsError);
                break;
            default:
                Directory.CreateDirectory(Place);
                break;
        }
    }

    private string Look()
    {
        FileStatus status = Status(Encode(Place));
        return string.Create(CultureInfo.InvariantCulture, $"{status.Inode} {status.Mode}");
    }

    private static FileStatus Status(ReadOnlySpan<byte> path) => LibC.TryStatx(LibC.CurrentDirectory, path, AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out Errno error)
        ? status
        : throw new IOException(error.ToString());

    private static void Give(string path) => Assert.False(LibC.ChangeLinkOwner(LibC.CurrentDirectory, Encode(path), Nobody, Nobody).IsError);

    private static byte[] Encode(string path) => System.Text.Encoding.UTF8.GetBytes(path);
}
