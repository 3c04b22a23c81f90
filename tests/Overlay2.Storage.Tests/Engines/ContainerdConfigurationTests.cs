using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Engines;

public sealed class ContainerdConfigurationTests
{
    [Theory]
    [InlineData("", "/var/lib/containerd", "/run/containerd", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs")]
    [InlineData("version = 2\nroot = \"/data/c\"\nstate = \"/run/c\"\n", "/data/c", "/run/c", "/data/c/io.containerd.snapshotter.v1.overlayfs")]
    [InlineData("root = \"/data/c\"\n[plugins]\n  [plugins.overlayfs]\n    root_path = \"/fast\"\n", "/data/c", "/run/containerd", "/fast")]
    [InlineData("version = 2\n[plugins.\"io.containerd.snapshotter.v1.overlayfs\"]\nroot_path = \"/fast\"\n", "/var/lib/containerd", "/run/containerd", "/fast")]
    [InlineData("version = 3\n[plugins.'io.containerd.snapshotter.v1.overlayfs']\nroot_path = ''\nupperdir_label = false\n", "/var/lib/containerd", "/run/containerd", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs")]
    [InlineData("version = 4\nroot = '/data/c'\n[plugins.'io.containerd.server.v1.grpc']\naddress = '/run/c.sock'\n[plugins.'io.containerd.snapshotter.v1.overlayfs']\nroot_path = '/fast'\n", "/data/c", "/run/containerd", "/fast")]
    [InlineData("root = \"relative\"\nstate = 5\n", "/var/lib/containerd", "/run/containerd", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs")]
    public void Places_are_those_of_every_version(string content, string root, string state, string home)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/containerd/config.toml", content);
        StoreLocation location = Read(tree);

        var places = ContainerdPlaces.Of(location);
        Assert.Equal((root, state, home), (places.Root.ToString(), places.State.ToString(), places.DriverHome.ToString()));
        Assert.Empty(location.Problems);
    }

    [Fact]
    public void Imported_files_stand_above_the_one_that_imports_them()
    {
        using TemporaryTree tree = new TemporaryTree()
            .WithFile("etc/containerd/config.toml", "version = 2\nroot = \"/first\"\nstate = \"/kept\"\nimports = [\"/etc/containerd/conf.d/*.toml\", \"beside.toml\", \"/no/such\"]\n")
            .WithFile("etc/containerd/conf.d/10-a.toml", "root = \"/second\"\n")
            .WithFile("etc/containerd/conf.d/20-b.toml", "root = \"/third\"\nimports = [\"/etc/containerd/config.toml\"]\n")
            .WithFile("etc/containerd/conf.d/30-c.conf", "root = \"/no\"\n")
            .WithFile("etc/containerd/beside.toml", "[plugins.\"io.containerd.snapshotter.v1.overlayfs\"]\nroot_path = \"/fast\"\n");
        var places = ContainerdPlaces.Of(Read(tree));

        Assert.Equal(("/third", "/kept", "/fast"), (places.Root.ToString(), places.State.ToString(), places.DriverHome.ToString()));
    }

    [Theory]
    [InlineData(false, "/added")]
    [InlineData(true, "/var/lib/containerd")]
    public void Where_the_file_is_missing_what_packages_add_counts(bool hasFile, string root)
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/containerd/conf.d/10-package.toml", "version = 3\nroot = '/added'\n").WithFile("etc/containerd/old-config.toml", "");
        if (hasFile)
            tree.WithFile("etc/containerd/config.toml", "version = 3\n");

        Assert.Equal(root, Read(tree).Root.ToString());
    }

    [Fact]
    public void A_file_that_is_no_toml_is_a_problem_and_the_usual_places_count()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/containerd/config.toml", "root = \n");
        StoreLocation location = Read(tree);

        Assert.Equal("/var/lib/containerd", location.Root.ToString());
        Assert.Equal(StoreProblemReason.Malformed, Assert.Single(location.Problems).Reason);
    }

    [Fact]
    public void Flags_stand_above_the_file()
    {
        using TemporaryTree tree = new TemporaryTree().WithFile("etc/containerd/config.toml", "root = \"/first\"\nstate = \"/run/first\"\n");
        var places = ContainerdPlaces.Of(Read(tree, "/flag", "/run/flag"));

        Assert.Equal(("/flag", "/run/flag"), (places.Root.ToString(), places.State.ToString()));
    }

    private static StoreLocation Read(TemporaryTree tree, string root = "", string state = "")
    {
        Assert.True(RootedDirectory.TryOpen(tree.Path.Span, out RootedDirectory? host, out _));
        using (host)
            return ContainerdConfiguration.Read(host!, ContainerdConfiguration.DefaultFile, BytePath.FromText(root), BytePath.FromText(state));
    }
}
