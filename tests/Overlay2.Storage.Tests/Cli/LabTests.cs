using System.Runtime.InteropServices;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Tests.Engines;
using Overlay2.Storage.Tests.Interop;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>The lab, as a person at a terminal runs it.</summary>
public sealed class LabTests
{
    private const string Unshare = "unshare";
    private const string Mount = "mount";
    private const string Symlink = "symlink";

    [Theory]
    [InlineData("self-bind", "OVL0001", true)]
    [InlineData("foreign", "OVL0002", true)]
    [InlineData("two-covers", "OVL0002", true)]
    [InlineData("cover-with-children", "OVL0001", true)]
    [InlineData("stacked", "OVL0004", true)]
    [InlineData("leaked", "OVL0005", false)]
    [InlineData("orphan", "OVL0006", false)]
    [InlineData("missing-link", "OVL0102", true)]
    [InlineData("all-links", "OVL0110", true)]
    [InlineData("empty-link", "OVL0101", true)]
    [InlineData("empty-lower", "OVL0103", true)]
    [InlineData("volatile", "OVL0209", true)]
    [InlineData("volatile", "OVL0209", false)]
    [InlineData("orphan-layer", "OVL0107", true)]
    [InlineData("configuration-conflict", "OVL0601", true)]
    public void The_fault_is_shown_found_repaired_and_leaves_nothing(string scenario, string finding, bool isReversible)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the lab mounts.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");
        string before = File.ReadAllText("/proc/self/mountinfo");

        ToolRun run = Tool.Run(isReversible ? ["lab", scenario, "--rollback"] : ["lab", scenario]);

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains($"  {finding} ", run.Output, StringComparison.Ordinal);
        Assert.Contains("Without a change: Succeeded", run.Output, StringComparison.Ordinal);
        Assert.Contains($"{finding}: not found any more", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText("/proc/self/mountinfo"));
    }

    /// <summary>What is seen with the fault, and once more without it: before, and after the repair.</summary>
    [Theory]
    [InlineData("missing-link", "mount(8) fails", "file2: of layer 2", 4)]
    [InlineData("all-links", "overlay2/l: (empty)", "file1: of layer 1", 4)]
    [InlineData("empty-link", "not to be read", "file3: of layer 3", 5)]
    [InlineData("empty-lower", "mount(8) fails", "file4: of the container", 2)]
    [InlineData("volatile", "mount(8) fails", "file4: of the container", 2)]
    [InlineData("orphan-layer", "overlay2-quarantine/", "file4: of the container", 3)]
    [InlineData("configuration-conflict", "Refuses", "Starts with overlay2", 2)]
    public void The_fault_really_hurts_until_it_is_repaired(string scenario, string hurt, string sound, int soundTimes)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the lab mounts.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");

        ToolRun run = Tool.Run("lab", scenario);

        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        Assert.Contains(hurt, run.Output, StringComparison.Ordinal);
        Assert.Equal(soundTimes + 1, run.Output.Split(sound).Length);
    }

    /// <summary>No such directory, none at all, and one in which none can be made.</summary>
    [Theory]
    [InlineData("/nonexistent/overlay2", "lab", "self-bind")]
    [InlineData("/nonexistent/overlay2", "lab", "empty-link")]
    [InlineData("/dev/null", "lab", "self-bind")]
    [InlineData("/proc", "lab", "configuration-conflict")]
    [InlineData("/nonexistent/overlay2", "kernel", "--probe")]
    [InlineData("/dev/null", "kernel", "--probe")]
    [InlineData("/proc", "kernel", "--probe")]
    public void Without_a_directory_for_temporary_files_it_says_so_in_one_line(string temporary, params string[] words)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the lab mounts.");

        ToolRun run = Tool.RunWithTemporary(temporary, words);

        Assert.Equal((65, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"overlay2: {temporary}", run.Error, StringComparison.Ordinal);
        Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
    }

    /// <summary>The call that the kernel refuses: a namespace of its own, its scratch file system, a process for the fault.</summary>
    [Theory]
    [InlineData(Unshare, "self-bind")]
    [InlineData(Mount, "self-bind")]
    [InlineData(Mount, "empty-link")]
    [InlineData(Symlink, "empty-link")]
    public void Where_the_fault_cannot_be_made_it_says_so_in_one_line_and_leaves_nothing(string call, string scenario)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the lab mounts.");
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "Has the numbers of the calls of x64 only.");
        using var temporary = new TemporaryTree();
        int[] calls = call switch { Unshare => [272], Mount => [165, 429, 430], _ => [88, 266] };

        FilteredThread.Run(calls, Errno.EPERM.Value, () =>
        {
            ToolRun run = Tool.RunWithTemporary(temporary.Root, "lab", scenario);

            Assert.Equal((65, ""), (run.ExitCode, run.Output));
            Assert.StartsWith("overlay2: The fault cannot be made here: ", run.Error, StringComparison.Ordinal);
            Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
        });
        Assert.Empty(Directory.GetFileSystemEntries(temporary.Root, "overlay2-*"));
    }

    [Fact]
    public void A_run_takes_its_directory_and_its_journal_away()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the lab mounts.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");
        using var temporary = new TemporaryTree();

        Assert.Equal(0, Tool.RunWithTemporary(temporary.Root, "lab", "self-bind").ExitCode);

        Assert.Empty(Directory.GetFileSystemEntries(temporary.Root, "overlay2-*"));
    }

    [Fact]
    public void An_unknown_fault_is_a_usage_error() => Assert.Equal(64, Tool.Run("lab", "no-such-fault").ExitCode);
}
