namespace Overlay2.Storage.Tests.Cli;

/// <summary>Bad input is one clear line on stderr and an exit code of sysexits(3).</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("overlay2-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mounts", "--pid", "none")]
    [InlineData("mounts", "--pid", "-1")]
    [InlineData("mounts", "--no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("predict", "/", "no-such-operation", "--tree")]
    [InlineData("predict", "/")]
    [InlineData("mounts", "--pid", "1", "--host-root", "/")]
    [InlineData("plan", "--only", "OVL9999")]
    [InlineData("plan", "--only", "OVL0001,OVL0002,ovl0003")]
    [InlineData("plan", "--except", "OVL0001", "OVL000")]
    [InlineData("diagnose", "--suppress", "OVL0107,x\u001b[2J,y")]
    [InlineData("diagnose", "--suppress", ",")]
    public void A_wrong_command_line_exits_64(params string[] arguments) => AssertOneLine(64, Tool.Run(arguments));

    [Fact]
    public void A_missing_file_exits_65() => AssertOneLine(65, Tool.Run("mounts", "--mountinfo", Path.Combine(_folder, "none")));

    [Fact]
    public void A_directory_exits_65() => AssertOneLine(65, Tool.Run("mounts", "--mountinfo", _folder));

    [Theory]
    [InlineData("21 1 0:1 / /a rw - tmpfs")]
    [InlineData("21 1 0:1 / /a rw shared:1 tmpfs tmpfs rw\n")]
    [InlineData("99999999999 1 0:1 / /a rw - tmpfs tmpfs rw\n")]
    [InlineData("\0\u0001\u0002ELF")]
    public void Text_that_is_no_mountinfo_exits_65_and_says_where(string text)
    {
        ToolRun run = Tool.Run("mounts", "--json", "--mountinfo", Write(text));
        AssertOneLine(65, run);
        Assert.Contains("line 1", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void A_gigabyte_of_one_byte_exits_65()
    {
        string file = Path.Combine(_folder, "zeros");
        using (FileStream stream = File.Create(file))
            stream.SetLength(1L << 30);
        AssertOneLine(65, Tool.Run("mounts", "--mountinfo", file));
    }

    [Fact]
    public void A_process_that_is_not_there_exits_65() => AssertOneLine(65, Tool.Run("mounts", "--pid", "2147483647"));

    [Fact]
    public void The_overview_always_exits_0()
    {
        ToolRun run = Tool.Run();
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("mounts", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    private static void AssertOneLine(int exitCode, ToolRun run)
    {
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("overlay2: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(character => character == '\n'));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        string file = Path.Combine(_folder, "mountinfo");
        File.WriteAllText(file, text);
        return file;
    }
}
