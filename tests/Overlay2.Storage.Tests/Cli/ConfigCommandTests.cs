using System.Text.Json;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Cli;

/// <summary><c>config</c> and <c>options check</c> as a person meets them.</summary>
public sealed class ConfigCommandTests
{
    [Theory]
    [InlineData("""{"storage-driver":"overlay2"}""", "", 0)]
    [InlineData("""{"storage-driver":"overlay2"}""", "-s overlay2", 1)]
    [InlineData("""{"storage-driver":""", "", 1)]
    [InlineData("{}", "--no-such-flag", 1)]
    [InlineData("{}", "-g /apps/docker", 0)]
    public void The_exit_code_tells_whether_every_engine_would_refuse(string daemonJson, string flags, int exitCode)
    {
        using TemporaryTree tree = Host(daemonJson, flags);
        Assert.Equal(exitCode, Tool.Run("config", "--root", tree.Root).ExitCode);
        Assert.Equal(exitCode, Tool.Run("config", "show", "--json", "--root", tree.Root).ExitCode);
    }

    [Fact]
    public void Stores_of_two_drivers_stop_an_engine_that_none_is_named_to()
    {
        using TemporaryTree tree = Host("{}", "").WithFile("var/lib/docker/overlay2/l/x", "").WithFile("var/lib/docker/btrfs/x", "");
        ToolRun run = Tool.Run("config", "--root", tree.Root);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("several drivers (btrfs, overlay2)", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "", "depends on the engine's version: containerd's from engine 29 on")]
    [InlineData("{}", "var/lib/docker/overlay2/l/x", "the classic one: the data root holds a classic store (overlay2)")]
    [InlineData("{}", "var/lib/docker/vfs/x", "the classic one: the data root holds a classic store (vfs)")]
    [InlineData("""{"features":{"containerd-snapshotter":true}}""", "var/lib/docker/overlay2/l/x", "containerd's: the feature containerd-snapshotter is switched on")]
    [InlineData("""{"userns-remap":"default"}""", "", "the classic one: users are remapped")]
    public void The_image_store_is_shown_with_its_reason(string daemonJson, string file, string store)
    {
        using TemporaryTree tree = Host(daemonJson, "");
        if (file.Length > 0)
            tree.WithFile(file, "");
        Assert.Contains($"image store       {store}", Tool.Run("config", "--root", tree.Root).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_in_force_is_shown_with_where_it_is_from()
    {
        using TemporaryTree tree = Host("""{"userns-remap":"default"}""", "").WithFile("etc/subuid", "dockremap:100000:65536\n").WithFile("etc/subgid", "dockremap:100000:65536\n");
        Assert.Contains("root in force     /var/lib/docker/100000.100000  (by /etc/subuid and /etc/subgid)", Tool.Run("config", "--root", tree.Root).Output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Tool.Run("config", "--json", "--root", tree.Root).Output);
        Assert.Equal("/var/lib/docker/100000.100000", json.RootElement.GetProperty("engineRoot").GetString());

        string unknown = Tool.Run("config", "--root", tree.Without("etc/subgid").Root).Output;
        Assert.Contains("is not known: /etc/subgid tells nothing of dockremap", unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ovrlay2")]
    [InlineData("overlay2 ")]
    [InlineData("../x")]
    public void A_driver_that_no_engine_has_is_refused(string driver)
    {
        using TemporaryTree tree = Host("{}", "");
        ToolRun run = Tool.Run("config", "set-driver", driver, "--root", tree.Root);
        Assert.Equal((65, ""), (run.ExitCode, run.Output));
        Assert.Equal("{}", File.ReadAllText(tree["etc/docker/daemon.json"]));
    }

    [Theory]
    [InlineData("nodev,metacopy=on", 0, "Mount    succeeds")]
    [InlineData("ro", 0, "Mount    succeeds, read-only")]
    [InlineData("context=\"system_u:object_r:container_file_t:s0:c1,c2\"", 3, "Mount    not known")]
    [InlineData("nodev,no_such_option", 1, "Mount    fails: EINVAL")]
    public void Options_are_those_of_mount(string options, int exitCode, string line)
    {
        using TemporaryTree tree = new TemporaryTree().WithDirectory("l").WithDirectory("u").WithDirectory("w");
        ToolRun run = Tool.Run("options", "check", tree["l"], "--upper", tree["u"], "--work", tree["w"], "--kernel-profile", "6.18", "-o", options);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(line, run.Output.Split('\n'));
    }

    private static TemporaryTree Host(string daemonJson, string flags) => new TemporaryTree()
        .WithFile("etc/docker/daemon.json", daemonJson).WithFile("lib/systemd/system/docker.service", $"[Service]\nExecStart=/usr/bin/dockerd {flags}\n");
}
