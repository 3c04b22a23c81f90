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

    [Fact]
    public void An_unknown_fault_is_a_usage_error() => Assert.Equal(64, Tool.Run("lab", "no-such-fault").ExitCode);
}
