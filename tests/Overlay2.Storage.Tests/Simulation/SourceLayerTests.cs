using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Tests.Simulation;

/// <summary>Layers outside the simulator, and what is counted and compared of them: the seam that real directories come in by.</summary>
public sealed class SourceLayerTests
{
    private static readonly byte[] s_uuid = [.. Enumerable.Range(1, 16).Select(static i => (byte)i)];

    private static readonly LayerTree s_tree = LayerTree.Empty
        .WithDirectory("d")
        .WithFile("d/f", Encoding.ASCII.GetBytes("hello"))
        .WithFile("d/g", new byte[9000])
        .WithSymbolicLink("d/l", "f")
        .WithDirectory("d/e")
        .WithFile("d/e/h", new byte[1]);

    [Fact]
    public void A_layer_outside_answers_as_one_in_memory()
    {
        OverlaySimulator outside = Mount(Setup(TreeSource.Of(s_tree), "")), inside = SimulatedOverlay.Mount("", "6.18", s_tree);
        foreach (string path in (string[])["", "d", "d/f", "d/l", "d/e/h", "d/x"])
        {
            OperationResult<FileStatus?> expected = inside.Stat(Path(path), follow: false), found = outside.Stat(Path(path), follow: false);
            Assert.Equal(expected.Error, found.Error);
            Assert.Equal((expected.Value?.Type, expected.Value?.Mode, expected.Value?.Size), (found.Value?.Type, found.Value?.Mode, found.Value?.Size));
        }

        Assert.Equal(inside.ChangeMode(Path("d/f"), 0x180).Effects, outside.ChangeMode(Path("d/f"), 0x180).Effects);
        Assert.Equal(inside.Unlink(Path("d/g")).Effects, outside.Unlink(Path("d/g")).Effects);
        Assert.Equal(Names(inside), Names(outside));
        Assert.Equal(Content(inside.ReadUpper()!, "d/f"), Content(outside.ReadUpper()!, "d/f"));
        Assert.Equal("hello", Content(outside.ReadUpper()!, "d/f"));
    }

    [Fact]
    public void A_source_is_asked_for_what_is_needed_and_once()
    {
        List<string> asked = [];
        OverlaySimulator simulator = Mount(Setup(TreeSource.Of(s_tree, asked), ""));
        Assert.Empty(asked);
        for (int i = 0; i < 2; i++)
            Assert.Equal(LinuxError.OK, simulator.Stat(Path("d/f"), follow: true).Error);
        Assert.Equal(["find d", "find d/f"], asked);
        asked.Clear();
        Assert.Equal(LinuxError.OK, simulator.ChangeMode(Path("d/g"), 0x180).Error);
        Assert.DoesNotContain("read d/f", asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Origins_carry_the_given_UUID_or_that_of_the_marks(bool isGiven)
    {
        // Version, magic, length, flags, type, UUID, and the handle of an inode with 32 bits each for number and generation.
        byte[] origin = [0, 0xfb, 29, 0, 1, .. s_uuid, 5, 0, 0, 0, 0, 0, 0, 0];
        LayerTree tree = s_tree.WithExtendedAttribute("", "trusted.overlay.origin", origin);
        byte[] given = [.. s_uuid.Reverse()];
        SimulationSetup setup = Setup(TreeSource.Of(tree), "", isGiven ? new ByteString(given) : null);
        OverlaySimulator simulator = Mount(setup);
        Assert.Equal(LinuxError.OK, simulator.ChangeMode(Path("d/f"), 0x180).Error);

        LayerEntry copied = Assert.Single(simulator.ReadUpper()!.Entries, static entry => entry.Path == Path("d/f"));
        byte[] written = [.. copied.ExtendedAttributes[ByteString.FromText("trusted.overlay.origin")]];
        Assert.Equal(isGiven ? given : s_uuid, written[5..21]);
    }

    [Fact]
    public void A_UUID_has_16_bytes() =>
        Assert.Throws<ArgumentException>(static () => new SimulatedFileSystem(SimulatedFileSystemKind.Ext4) { Uuid = new ByteString([1, 2]) });

    [Fact]
    public void Space_tells_what_a_copy_up_took()
    {
        OverlaySimulator simulator = Mount(Setup(TreeSource.Of(s_tree), ""));
        SimulatedSpace before = simulator.Space;
        Assert.Equal(LinuxError.OK, simulator.ChangeMode(Path("d/g"), 0x180).Error);
        SimulatedSpace after = simulator.Space;

        // Three blocks of data; the directory and the file.
        Assert.Equal((3 * 4096, 2UL), (before.FreeBytes - after.FreeBytes, after.LastInodeNumber - before.LastInodeNumber));
        Assert.Equal(default, Mount(Setup(TreeSource.Of(s_tree), "") with { Upper = null, Lowers = [Layer(s_tree), Layer(s_tree)] }).Space);
    }

    [Fact]
    public void Look_tells_whether_an_object_is_still_the_same()
    {
        OverlaySimulator simulator = Mount(Setup(TreeSource.Of(s_tree), ""));
        SimulatedObject before = simulator.Look(Path("d/f"), follow: true)!, other = simulator.Look(Path("d/g"), follow: true)!;
        Assert.True(before.IsLowerFile);
        Assert.Equal(1, before.RealLinkCount);
        Assert.True(before.HasNumberOf(simulator.Look(Path("d/l"), follow: true)!));
        Assert.False(before.HasNumberOf(other));
        Assert.False(before.HasDataOf(other));
        Assert.Null(simulator.Look(Path("d/x"), follow: true));

        Assert.Equal(LinuxError.OK, simulator.ChangeMode(Path("d/f"), 0x180).Error);
        SimulatedObject after = simulator.Look(Path("d/f"), follow: true)!;
        Assert.False(after.IsLowerFile);
        Assert.False(after.HasDataOf(before));
        Assert.True(after.HasDataOf(after));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tree_is_counted_outside_and_in_memory(bool isOutside)
    {
        SimulationSetup setup = isOutside ? Setup(TreeSource.Of(s_tree), "") : Setup(null, "");
        List<TreeCount> told = [];
        LinuxError error = OverlaySimulator.TryCountTree(setup, Path("d"), TreeOperation.ChangeOwner, out TreeCount count, new Listener(told), TestContext.Current.CancellationToken);

        Assert.Equal(LinuxError.OK, error);
        Assert.Equal((6, 3, 2, 1, 9006), (count.Objects, count.Files, count.Directories, count.WithoutData, count.CopyUpBytes));
        Assert.Equal((5 * 4096, 6), (count.SpaceNeeded, count.InodesNeeded));
        Assert.NotEmpty(told);

        OverlaySimulator.TryCountTree(setup, Path("d"), TreeOperation.ChangeMode, out TreeCount modes, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((5, 0), (modes.Objects, modes.WithoutData));
    }

    [Fact]
    public void A_tree_that_is_in_the_upper_in_part_is_counted_once()
    {
        var upper = new SimulatedLayer(LayerTree.Empty.WithDirectory("d").WithFile("d/f", new byte[3]), Disk());
        OverlaySimulator.TryCountTree(Setup(null, "") with { Upper = upper }, Path("d"), TreeOperation.Touch, out TreeCount count, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((5, 2, 2, 1), (count.Objects, count.InUpper, count.Files, count.Directories));
    }

    [Fact]
    public void What_cannot_be_counted_says_why()
    {
        SimulationSetup setup = Setup(null, "");
        Assert.Equal(LinuxError.OK, OverlaySimulator.TryCountTree(setup, Path("x"), TreeOperation.Touch, out TreeCount none, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LinuxError.ENOENT, none.Error);
        SimulationSetup readOnly = setup with { Upper = null, Lowers = [Layer(s_tree), Layer(s_tree)] };
        Assert.Equal(LinuxError.OK, OverlaySimulator.TryCountTree(readOnly, Path("d"), TreeOperation.Touch, out none, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LinuxError.EROFS, none.Error);
        Assert.Equal(LinuxError.EINVAL, OverlaySimulator.TryCountTree(Setup(null, "index=maybe"), Path("d"), TreeOperation.Touch, out none, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(LinuxError.EINVAL, none.Error);
    }

    [Fact]
    public void Options_are_resolved_before_and_kept_after_the_mount()
    {
        SimulationSetup setup = Setup(null, "metacopy=on");
        Assert.True(setup.Resolve().Metacopy);
        Assert.True(Mount(setup).Effective.Metacopy);
        Assert.Equal(LinuxError.EINVAL, Setup(null, "index=maybe").Resolve().Error);
    }

    private static BytePath Path(string path) => BytePath.FromText(path);

    private static SimulatedFileSystem Disk() => new(SimulatedFileSystemKind.Ext4);

    private static SimulatedLayer Layer(LayerTree tree) => new(tree, Disk());

    private static SimulationSetup Setup(TreeSource? source, string options, ByteString? uuid = null)
    {
        SimulatedFileSystem disk = new(SimulatedFileSystemKind.Ext4) { Uuid = uuid, LastInodeNumber = 1000 };
        return new SimulationSetup
        {
            Lowers = [source is null ? Layer(s_tree) : new SimulatedLayer(source, disk)],
            Upper = Layer(LayerTree.Empty),
            Options = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(options)),
            Profile = KernelProfile.Defaults(KernelVersion.Parse("6.18")),
        };
    }

    private static OverlaySimulator Mount(SimulationSetup setup)
    {
        Assert.Equal(LinuxError.OK, OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator));
        return simulator!;
    }

    private static string[] Names(OverlaySimulator simulator) =>
        [.. simulator.ReadDirectory(Path("d")).Value!.Select(static entry => entry.Name.ToString()).Order(StringComparer.Ordinal)];

    private static string Content(LayerTree tree, string path) =>
        Encoding.ASCII.GetString(Assert.Single(Assert.Single(tree.Entries, entry => entry.Path == Path(path)).Content).Bytes.Span);

    private sealed class Listener(List<TreeCount> told) : IProgress<TreeCount>
    {
        public void Report(TreeCount value) => told.Add(value);
    }
}
