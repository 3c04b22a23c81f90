using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.Simulation;
using Overlay2.Storage.Layers;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Ways to a live overlay, and what is no way.</summary>
public sealed class LiveOverlayTests
{
    [Fact]
    public void A_path_is_walked_as_the_kernel_walks_it() => WithOverlay((top, merged) =>
    {
        File.CreateSymbolicLink(top + "/short", merged);
        Directory.CreateDirectory(top + "/bind");
        Mount("", top + "/bind", $"{merged}/d", MountFlags.Bind);
        foreach ((string path, string inside) in ((string, string)[])
        [
            (merged, ""), (merged + "/d/f", "d/f"), (merged + "/none", "none"), (merged + "/none/below", "none/below"),
            (top + "/short/d/f", "d/f"), (merged + "/d/../d/./f", "d/f"), (top + "/bind/f", "d/f"), (top + "/bind", "d"),
            ("/proc/thread-self/root" + top + "/short/d/f", "d/f"), (merged + "/link", "link"),
        ])
        {
            using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(path));
            Assert.Equal((path, inside), (path, overlay.Path.ToString()));
            Assert.Equal(top + "/upper", overlay.Upper!.Path.ToString());
            Assert.Equal((BytePath.FromText("d/f"), null), (overlay.Locate(BytePath.FromText(merged + "/d/f")) ?? overlay.Locate(BytePath.FromText(top + "/bind/f")), overlay.Locate(BytePath.FromText(top))));
        }
    });

    [Fact]
    public void What_is_no_overlay_or_cannot_be_reached_is_said() => WithOverlay((top, merged) =>
    {
        Assert.Equal(LiveOverlayFailure.NotOverlay, Failure(top + "/upper"));
        Assert.Equal(LiveOverlayFailure.NotOverlay, Failure("/proc/self/status"));
        Assert.Equal(LiveOverlayFailure.Path, Failure(merged + "/d/f/below"));
        Assert.Equal(LiveOverlayFailure.MountTable, Failure("/proc/2147483647/root/x"));
        Assert.Throws<ArgumentException>(() => LiveOverlay.Open(BytePath.FromText("relative")));
    });

    [Fact]
    public void Layers_that_something_covers_are_not_taken_for_those_of_the_mount() => WithOverlay((top, merged) =>
    {
        foreach (string layer in (string[])["lower", "upper"])
            Mount("", $"{top}/{layer}", Directory.CreateDirectory($"{top}/other-{layer}").FullName, MountFlags.Bind);
        Assert.Equal(LiveOverlayFailure.OtherLayers, Failure(merged + "/d"));
    });

    [Fact]
    public void A_layer_that_is_gone_is_named() => WithOverlay((top, merged) =>
    {
        Directory.Move(top + "/lower", top + "/elsewhere");
        LiveOverlayException gone = Assert.Throws<LiveOverlayException>(() => LiveOverlay.Open(BytePath.FromText(merged)));
        Assert.Equal((LiveOverlayFailure.Layer, top + "/lower", LinuxError.ENOENT), (gone.Failure, gone.Path.ToString(), gone.Error));
    });

    [Fact]
    public void Relative_layers_are_looked_for_where_the_driver_of_Docker_has_them() => PrivateNamespace.Run(scratch =>
    {
        foreach (string folder in (string[])["base/diff", "l", "id/diff", "id/work", "id/merged"])
            Directory.CreateDirectory($"{scratch}/{folder}");
        File.CreateSymbolicLink(scratch + "/l/SHORT", "../base/diff");
        File.WriteAllText(scratch + "/base/diff/f", "f");
        Assert.Equal(0, NativeFiles.chdir(NativeFiles.Text(scratch)));
        Mount("overlay", "id/merged", "lowerdir=l/SHORT,upperdir=id/diff,workdir=id/work", MountFlags.None);
        Assert.Equal(0, NativeFiles.chdir(NativeFiles.Text("/")));

        using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(scratch + "/id/merged/f"));
        Assert.Equal((LinuxError.OK, 1L), (overlay.Predict(OverlayOperation.Append()).Error, overlay.Predict(OverlayOperation.Append()).CopyUpBytes));
        Assert.Equal(LiveOverlayFailure.Layer, Assert.Throws<LiveOverlayException>(
            () => LiveOverlay.Open(BytePath.FromText(scratch + "/id/merged/f"), new LiveOverlayOptions { Home = BytePath.Root })).Failure);
    });

    [Fact]
    public void A_mount_inside_a_layer_is_no_part_of_it() => PrivateNamespace.Run(scratch =>
    {
        Directory.CreateDirectory(scratch + "/layer/below/covered");
        Mount("tmpfs", scratch + "/layer/below", "cover", MountFlags.None);
        File.WriteAllText(scratch + "/layer/below/secret", "s");
        using DirectoryLayer layer = DirectoryLayer.Open(BytePath.FromText(scratch + "/layer")).Value!;
        Assert.Equal(LinuxError.EXDEV, Assert.Single(layer.Walk(layer.Root)).Problem!.Error);
        Assert.Equal(LinuxError.EXDEV, layer.Find(BytePath.FromText("below/secret")).Problem!.Error);
    });

    private static LiveOverlayFailure Failure(string path) => Assert.Throws<LiveOverlayException>(() => LiveOverlay.Open(BytePath.FromText(path))).Failure;

    private static void WithOverlay(Action<string, string> test) => PrivateNamespace.Run(scratch =>
    {
        foreach (string folder in (string[])["lower/d", "upper", "work", "merged"])
            Directory.CreateDirectory($"{scratch}/{folder}");
        File.WriteAllText(scratch + "/lower/d/f", "f");
        File.CreateSymbolicLink(scratch + "/lower/link", "/d");
        Mount("overlay", scratch + "/merged", $"lowerdir={scratch}/lower,upperdir={scratch}/upper,workdir={scratch}/work", MountFlags.None);
        test(scratch, scratch + "/merged");
    });

    private static void Mount(string type, string path, string data, MountFlags flags) => Assert.Equal(default, LibC.Mount(
        flags == MountFlags.Bind ? Encoding.UTF8.GetBytes(data) : "test"u8,
        Encoding.UTF8.GetBytes(path),
        Encoding.UTF8.GetBytes(type),
        flags,
        type == "overlay" ? Encoding.UTF8.GetBytes(data) : ""u8));
}
