using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Cli;

public sealed class DiagnoseTests
{
    [Theory]
    [InlineData("shadow-self-bind", 2, "OVL0001")]
    [InlineData("orphan-layers", 1, "OVL0107")]
    [InlineData("healthy-stopped", 3, "not everything could be seen")]
    public void The_exit_code_says_how_bad_it_is(string state, int exitCode, string said)
    {
        ToolRun run = Tool.Run("diagnose", "--mountinfo", MountInfo(state), "--store", Tree(state));

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Error));
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_that_of_the_report()
    {
        ToolRun run = Tool.Run("diagnose", "--json", "--mountinfo", MountInfo("missing-l-symlink"), "--store", Tree("missing-l-symlink"));

        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal((1, "Findings"), (json.RootElement.GetProperty("formatVersion").GetInt32(), json.RootElement.GetProperty("status").GetString()));
        Assert.Equal("OVL0102", json.RootElement.GetProperty("findings")[0].GetProperty("id").GetString());
    }

    [Fact]
    public void A_snapshot_is_diagnosed_as_what_it_was_made_of()
    {
        string file = Path.GetTempFileName();
        try
        {
            StorageSnapshot snapshot = StorageSnapshot.FromFiles(
                new SnapshotFiles { MountInfo = BytePath.FromText(MountInfo("shadow-twice")), Store = BytePath.FromText(Tree("shadow-twice")) }, TestContext.Current.CancellationToken);
            using (FileStream stream = File.Create(file))
                snapshot.Save(stream, compress: true);

            ToolRun saved = Tool.Run("diagnose", "--json", "--snapshot", file);
            ToolRun direct = Tool.Run("diagnose", "--json", "--mountinfo", MountInfo("shadow-twice"), "--store", Tree("shadow-twice"));

            Assert.Equal(direct, saved);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_store_on_a_host_is_named_by_kind_and_place()
    {
        using TemporaryTree tree = new TemporaryTree().WithContainersStore("srv/images").WithContainersStore("var/lib/containers/storage")
            .WithFile("proc/1/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n").WithFile($"srv/images/overlay/{ContainersTree.Top}/link", "");
        ToolRun named = Tool.Run("diagnose", "--json", "--host-root", tree.Root, "--store", "containers-storage=/srv/images");
        ToolRun found = Tool.Run("diagnose", "--json", "--host-root", tree.Root);

        Assert.Equal((2, ""), (named.ExitCode, named.Error));
        using JsonDocument json = JsonDocument.Parse(named.Output);
        JsonElement finding = json.RootElement.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("id").GetString() == "OVL0101");
        Assert.Equal("ContainersStorage", finding.GetProperty("subject").GetProperty("store").GetString());
        Assert.DoesNotContain("OVL0101", found.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--store", "containers-storage=")]
    [InlineData("--host-root", "/", "--store", "containers-storage=relative")]
    [InlineData("--store", "containers-storage=/x", "--mountinfo", "/proc/self/mountinfo")]
    [InlineData("--store", "containers-storage=/x", "--snapshot", "/x")]
    [InlineData("--store", "/x", "--store", "/y")]
    public void Stores_that_do_not_go_together_are_a_mistake(params string[] arguments) => Assert.Equal(64, Tool.Run(["diagnose", .. arguments]).ExitCode);

    [Theory]
    [InlineData("OVL0107", 3)]
    [InlineData("OVL0106", 1)]
    [InlineData("OVL0106,OVL0107", 3)]
    [InlineData("OVL0106, OVL0107 ,", 3)]
    [InlineData("OVL0107 OVL0107", 3)]
    public void A_suppressed_id_does_not_count(string id, int exitCode) =>
        Assert.Equal(exitCode, Tool.Run("diagnose", "--suppress", id, "--markdown", "--mountinfo", MountInfo("orphan-layers"), "--store", Tree("orphan-layers")).ExitCode);

    [Theory]
    [InlineData(65, "--mountinfo", "/no/such/file")]
    [InlineData(65, "--store", "/no/such/file")]
    [InlineData(65, "--snapshot", "/no/such/file")]
    [InlineData(65, "--snapshot", "/dev/null")]
    [InlineData(65, "--host-root", "/no/such/directory")]
    [InlineData(65, "--data-root", "relative")]
    [InlineData(64, "--snapshot", "x", "--mountinfo", "y")]
    [InlineData(64, "--json", "--markdown")]
    [InlineData(64, "--engine-pid", "0")]
    [InlineData(64, "--mountinfo", "")]
    public void Bad_input_is_one_line(int exitCode, params string[] arguments)
    {
        ToolRun run = Tool.Run(["diagnose", .. arguments]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith("overlay2: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(character => character == '\n'));
    }

    [Fact]
    public void This_host_can_be_diagnosed()
    {
        ToolRun run = Tool.Run("diagnose", "--json");

        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.InRange(run.ExitCode, 0, 3);
        Assert.Empty(run.Error);
    }

    private static string MountInfo(string state) => Repository.Data("docker-root", state, "mountinfo.txt");

    private static string Tree(string state) => Repository.Data("docker-root", state, "tree.json.gz");
}
