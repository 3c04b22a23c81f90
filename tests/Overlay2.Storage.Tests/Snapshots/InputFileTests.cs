using System.IO.Pipes;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class InputFileTests
{
    [Fact]
    public void A_regular_file_is_read_to_its_bound_also_through_a_link()
    {
        using var tree = new TemporaryTree();
        tree.WithFile("file", "12345").WithLink("link", "file");

        Assert.Equal("12345"u8.ToArray(), InputFile.Read(BytePath.FromText(tree["file"]), 5));
        Assert.Equal("12345"u8.ToArray(), InputFile.Read(BytePath.FromText(tree["link"]), 5));
        Assert.Contains("more than 4 bytes", Assert.Throws<InputFileException>(() => InputFile.Read(BytePath.FromText(tree["file"]), 4)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_no_UTF8_is_one()
    {
        using var tree = new TemporaryTree();
        tree.WithFile("file", "1");

        InputFileException missing = Assert.Throws<InputFileException>(() => InputFile.Open(BytePath.FromText(tree["file"]).Combine(new BytePath([0xff]))));

        Assert.Equal("ENOTDIR", missing.Reason);
        Assert.Equal(0xff, missing.Path.Span[^1]);
    }

    [Fact]
    public async Task A_pipe_is_read_to_its_end()
    {
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        string reader = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        Task<byte[]> read = Task.Run(() => InputFile.Read(BytePath.FromText(reader), 10), TestContext.Current.CancellationToken);
        await pipe.WriteAsync("abc"u8.ToArray(), TestContext.Current.CancellationToken);

        pipe.Dispose();

        Assert.Equal("abc"u8.ToArray(), await read);
    }

    [Theory]
    [InlineData("/dev/zero", "it is no regular file and no pipe")]
    [InlineData("/dev/null", "it is no regular file and no pipe")]
    [InlineData("/", "it is no regular file and no pipe")]
    [InlineData("/nothing/there", "ENOENT")]
    public void Anything_else_is_refused(string path, string reason) =>
        Assert.Equal(reason, Assert.Throws<InputFileException>(() => InputFile.Read(BytePath.FromText(path), 1 << 20)).Reason);
}
