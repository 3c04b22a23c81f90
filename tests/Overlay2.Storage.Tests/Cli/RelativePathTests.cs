using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Cli;

/// <summary>A path below the working directory names a copy of a store or a host as well as an absolute one; logs are read beside it.</summary>
public sealed class RelativePathTests : IDisposable
{
    private const string Store = "var/lib/containers/storage";

    private readonly TemporaryTree _tree = new TemporaryTree().WithContainersStore(Store).WithDirectory("etc").WithFile("proc/1/mountinfo", "30 1 8:1 / / rw - ext4 /dev/sda1 rw\n");

    private string Relative => Path.GetRelativePath(Environment.CurrentDirectory, _tree["."]);

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("--store", "containers-storage=", "/" + Store)]
    [InlineData("--store", "containers-storage=./", "/" + Store)]
    [InlineData("--host-root", "", "")]
    [InlineData("--host-root", "./", "")]
    public void It_says_what_the_absolute_path_says(string option, string before, string below)
    {
        // Records that are seen to be damaged show that the store was read.
        File.WriteAllText(_tree[$"{Store}/overlay/{ContainersTree.Top}/lower"], "");
        string kind = before[..(before.IndexOf('=', StringComparison.Ordinal) + 1)];

        ToolRun relative = Tool.Run("diagnose", option, $"{before}{Relative}{below}");
        ToolRun absolute = Tool.Run("diagnose", option, kind + Path.GetFullPath(_tree["."]) + below);

        Assert.Contains("OVL0103", relative.Output, StringComparison.Ordinal);
        Assert.Equal((absolute.ExitCode, absolute.Output), (relative.ExitCode, relative.Output));
        Assert.Equal("", relative.Error);
    }

    [Theory]
    [InlineData("--engine-log", "level=error msg=\"readlink /var/lib/docker/overlay2/l: invalid argument\"", "OVL0104")]
    [InlineData("--kernel-log", "[12.5] overlayfs: upperdir is in-use as upperdir/workdir of another mount, accessing files from both mounts will result in undefined behavior.", "OVL0009")]
    public void What_a_log_says_is_shown_beside_the_host_and_how_far_it_was_looked(string option, string line, string id)
    {
        _tree.WithFile("log", line + "\n");

        ToolRun alone = Tool.Run("diagnose", option, _tree["log"]);
        Assert.Contains($"{id} information, suspected", alone.Output, StringComparison.Ordinal);
        Assert.Contains("nothing else was looked at that could show it", alone.Output, StringComparison.Ordinal);
        ToolRun beside = Tool.Run("diagnose", "--host-root", Relative, option, _tree["log"]);
        Assert.Contains($"{id} information, suspected", beside.Output, StringComparison.Ordinal);
        Assert.Contains("what was looked at does not show it", beside.Output, StringComparison.Ordinal);
    }
}
