using System.Diagnostics;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Configuration;

/// <summary>Configuration that a user writes is read with no other rights than his.</summary>
public sealed class UserConfigurationTests : IDisposable
{
    private const string Secret = "root:secret-of-root:1";
    private const string File = "home/bob/.config/containers/storage.conf";

    private readonly TemporaryTree _tree = new TemporaryTree().WithFile("etc/secret", Secret).WithDirectory("home/bob/.config/containers");
    private readonly List<TomlProblem> _problems = [];

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/etc/secret")]
    [InlineData("../../../../etc/secret")]
    [InlineData("/proc/self/root/etc/passwd")]
    public void A_link_leads_nowhere_but_into_the_home_directory(string target)
    {
        _tree.WithLink(File, target);

        Assert.Null(Read());
        Assert.Empty(_problems);
    }

    [Fact]
    public void A_link_in_the_home_directory_is_followed()
    {
        _tree.WithFile("home/bob/dotfiles/storage.conf", "[storage]\ngraphroot = '/x'\n").WithLink(File, "../../dotfiles/storage.conf");
        Change("chown", "1001", "home/bob/dotfiles/storage.conf");

        Assert.Equal("/x", Read()?.Text("storage", "graphroot"));
    }

    [Theory]
    [InlineData("0", "600", false)]
    [InlineData("0", "640", false)]
    [InlineData("0", "644", true)]
    [InlineData("1002", "644", false)]
    [InlineData("1001", "600", true)]
    public void A_hard_link_to_a_file_of_somebody_else_is_not_read(string owner, string mode, bool isRead)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: files of several users.");
        _tree.WithFile(File, "[storage]\ngraphroot = '/x'\n");
        Change("chown", owner, File);
        Change("chmod", mode, File);

        Assert.Equal(isRead, Read() is not null);
        Assert.Equal(isRead ? [] : ["EACCES"], _problems.Select(static problem => problem.Detail));
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        _tree.WithFifo(File);

        Assert.Null(Read());
        Assert.Single(_problems);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData("[storage]\nsecret = secret\n")]
    [InlineData("secret = 'secret'\nsecret = 'secret'\n")]
    [InlineData("a = 'b'\n\n  ~secret~\n")]
    public void What_is_wrong_with_a_file_quotes_nothing_of_it(string content)
    {
        Assert.False(TomlSettings.TryParse(ByteString.FromText(content), out _, out string? error));
        Assert.Matches("^line [0-9]+, column [0-9]+: ", error);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    private TomlSettings? Read()
    {
        Assert.True(RootedDirectory.TryOpen(_tree.Path.Span, out RootedDirectory? root, out _));
        using (root)
            return TomlSettings.TryReadOfUser(root!, BytePath.FromText("/home/bob"), BytePath.FromText(".config/containers/storage.conf"), userId: 1001, _problems);
    }

    private void Change(string program, string what, string path)
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        using Process process = Process.Start(program, [what, _tree[path]]);
        process.WaitForExit();
    }
}
