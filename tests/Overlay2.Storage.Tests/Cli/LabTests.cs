namespace Overlay2.Storage.Tests.Cli;

/// <summary>The lab, as a person at a terminal runs it.</summary>
public sealed class LabTests
{
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

    [Fact]
    public void An_unknown_fault_is_a_usage_error() => Assert.Equal(64, Tool.Run("lab", "no-such-fault").ExitCode);
}
