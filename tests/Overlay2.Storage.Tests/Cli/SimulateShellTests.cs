using System.Text.Json;

namespace Overlay2.Storage.Tests.Cli;

/// <summary><c>overlay2 simulate shell</c> with lines from a pipe.</summary>
public sealed class SimulateShellTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("overlay2-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Calls_are_answered_with_error_values_and_effects()
    {
        string[] lines = Shell("rename d e\nmkdir new 750\nrename new moved\nstat moved\nchmod big 600\nunlink d/f\nls d\nupper\n");
        string[] answers = [.. lines.Where(l => !l.StartsWith(' '))];
        Assert.Equal(["EXDEV", "OK", "OK"], answers[..3]);
        Assert.StartsWith("OK type=directory mode=0750 uid=0", answers[3], StringComparison.Ordinal);
        Assert.Contains("  Mark /new trusted.overlay.opaque", lines);
        Assert.Contains("  CopyUp /big 70000 bytes", lines);
        Assert.Contains("  Whiteout /d/f", lines);
        Assert.Contains("OK names=g", lines);
        Assert.Contains("/d/f=whiteout", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_and_maps_keep_what_they_are()
    {
        string[] lines = Shell("open d/f RDONLY\nmap 3\nopen d/f RDWR\nwrite 5 0 \"new text\"\nread 3 0 8\nreadmap 4 0 2\nclose 3\nread 3 0 1\n", "--layers", Layers());
        Assert.Equal("OK fd=3", lines[0]);
        Assert.Equal("OK map=4", lines[1]);
        Assert.Contains("OK n=8 text=new text", lines);
        Assert.Contains(@"OK n=2 text=\000\000", lines);
        Assert.Equal("EBADF", lines[^1]);
    }

    [Fact]
    public void Undo_snapshot_restore_and_preview_go_back()
    {
        string[] lines = Shell("preview unlink big\nstat big\nsnapshot one\nunlink big\nmkdir x\nundo\nstat x\nrestore one\nstat big\nundo\nundo\nundo\n", "--layers", Layers());
        string[] answers = [.. lines.Where(l => !l.StartsWith(' '))];
        Assert.Equal("OK", answers[0]);
        Assert.StartsWith("OK type=regular", answers[1], StringComparison.Ordinal);
        Assert.Equal("OK changes=1", answers[2]);
        Assert.Equal("OK undone=mkdir x", answers[5]);
        Assert.Equal("ENOENT", answers[6]);
        Assert.Equal("OK undone=2", answers[7]);
        Assert.StartsWith("OK type=regular", answers[8], StringComparison.Ordinal);
    }

    [Fact]
    public void Options_kernel_and_disk_steer_the_answers()
    {
        Assert.Equal("OK", Shell("rename d e\n", "--layers", Layers(), "-o", "redirect_dir=on")[0]);
        Assert.Equal("ENOSPC", Shell("chmod big 600\n", "--layers", Layers(), "--disk", "tmpfs:5")[0]);
        string[] stale = Shell("open d/f RDONLY\nopen d/f RDWR\nwrite 4 0 X\nread 3 0 1\n", "--layers", Layers(), "--kernel-profile", "4.18");
        Assert.Equal(@"OK n=1 text=\000", stale[^1]);
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        foreach (string line in Shell("chmod big 600\nstat nowhere\n", "--layers", Layers(), "--json"))
        {
            using JsonDocument answer = JsonDocument.Parse(line);
            Assert.Equal(1, answer.RootElement.GetProperty("formatVersion").GetInt32());
            bool copies = answer.RootElement.GetProperty("command").GetString() == "chmod big 600";
            Assert.Equal(copies ? "OK" : "ENOENT", answer.RootElement.GetProperty("error").GetString());
            Assert.Equal(copies, answer.RootElement.GetProperty("effects").EnumerateArray().Any(e => e.GetProperty("bytes").GetInt64() == 70000));
        }
    }

    [Fact]
    public void A_line_that_is_no_command_does_not_end_the_shell_but_exits_64()
    {
        ToolRun run = Tool.RunWithInput("fly away\nchmod big 9\nread one 0 1\n\"open\nstat .\nundo\nundo\n", "simulate", "shell");
        Assert.Equal(64, run.ExitCode);
        Assert.Equal(5, run.Error.Count(c => c == '\n'));
        Assert.StartsWith("OK type=directory", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("l0 file a/b 5")]
    [InlineData("l0 dir ..")]
    [InlineData("l0 file f many")]
    [InlineData("l0")]
    [InlineData("x9 dir d")]
    [InlineData("l0 mark nowhere user.a b")]
    public void Layers_that_cannot_be_exit_65(string line)
    {
        string file = Path.Combine(_folder, "layers");
        File.WriteAllText(file, line + "\n");
        ToolRun run = Tool.RunWithInput("stat .\n", "simulate", "shell", "--layers", file);
        Assert.Equal(65, run.ExitCode);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void A_path_that_is_on_no_overlay_exits_65() => Assert.Equal(65, Tool.RunWithInput("", "simulate", "shell", "/proc/self").ExitCode);

    private string Layers()
    {
        string file = Path.Combine(_folder, "layers");
        File.WriteAllText(file, "# an image\nl0 dir d\nl0 file d/f 100\nl0 file d/g 5\nl0 file big 70000\nl0 hardlink h d/g\n");
        return file;
    }

    private string[] Shell(string input, params string[] arguments)
    {
        ToolRun run = Tool.RunWithInput(input, ["simulate", "shell", .. arguments.Length > 0 ? arguments : ["--layers", Layers()]]);
        string error = input.Contains("undo\nundo\nundo", StringComparison.Ordinal) ? "" : run.Error;
        Assert.Equal("", error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
