using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;
using static Overlay2.Storage.Tests.Simulation.SimulatedOverlay;

namespace Overlay2.Storage.Tests.Simulation;

/// <summary>Names, links, numbers and marks at and past their limits: an error number, as a kernel 6.18 gave it, never a crash.</summary>
public sealed class HostileOperationTests
{
    private const string Kernel = "6.18.44";

    [Fact]
    public void Forty_links_lead_to_a_file_and_one_more_does_not()
    {
        LayerTree tree = LayerTree.Empty.WithFile("l0", new byte[1]);
        for (int i = 1; i <= 41; i++)
            tree = tree.WithSymbolicLink("l" + i, "l" + (i - 1));
        OverlaySimulator simulator = Mount("", Kernel, tree);
        Assert.Equal(LinuxError.OK, simulator.Stat(Path("l40"), follow: true).Error);
        Assert.Equal(LinuxError.ELOOP, simulator.Stat(Path("l41"), follow: true).Error);
        Assert.Equal(LinuxError.ELOOP, simulator.Open(Path("l41"), OpenFlags.Create | OpenFlags.WriteOnly, 0).Error);
    }

    [Fact]
    public void Links_in_a_circle_are_eloop()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithSymbolicLink("a", "b/x").WithSymbolicLink("b", "/a").WithSymbolicLink("self", "self"));
        foreach (string path in (string[])["a", "b", "self", "self/x", "a/x/y"])
            Assert.Equal(LinuxError.ELOOP, simulator.Stat(Path(path), follow: true).Error);
        Assert.Equal(LinuxError.OK, simulator.Stat(Path("self"), follow: false).Error);
    }

    [Fact]
    public void A_name_has_255_bytes_of_any_kind()
    {
        var longest = new BytePath([.. Enumerable.Repeat((byte)0xff, 255)]);
        var tooLong = new BytePath([.. Enumerable.Repeat((byte)0xff, 256)]);
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty);
        Assert.Equal(LinuxError.OK, simulator.MakeDirectory(longest, 0x1ED).Error);
        Assert.Equal(longest.Bytes, simulator.ReadDirectory(default(BytePath)).Value.Single().Name);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.MakeDirectory(tooLong, 0x1ED).Error);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.Stat(tooLong.Combine(Path("x")), follow: true).Error);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.Rename(longest, tooLong, RenameFlags.None).Error);
    }

    [Fact]
    public void A_path_has_4095_bytes()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1]));
        string dots = string.Concat(Enumerable.Repeat("./", 2047));
        Assert.Equal(LinuxError.OK, simulator.Stat(Path(dots + "f"), follow: true).Error);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.Stat(Path(dots + "./f"), follow: true).Error);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.Unlink(Path(dots + "./f")).Error);
        Assert.Equal(LinuxError.ENAMETOOLONG, simulator.Link(Path("f"), Path(dots + "./g"), follow: false).Error);
    }

    [Fact]
    public void The_root_is_its_own_parent()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithDirectory("d").WithFile("f", new byte[1]));
        Assert.Equal(LinuxError.OK, simulator.Stat(Path("../../../d/../../f"), follow: true).Error);
        Assert.Equal(LinuxError.ENOTDIR, simulator.Stat(Path("f/.."), follow: true).Error);
        Assert.Equal(LinuxError.EEXIST, simulator.MakeDirectory(Path("d/.."), 0x1ED).Error);
        Assert.Equal(LinuxError.EBUSY, simulator.Rename(Path("d"), Path("d/.."), RenameFlags.None).Error);
    }

    [Theory]
    [InlineData(1, LinuxError.OK)]
    [InlineData(4095, LinuxError.OK)]
    [InlineData(4096, LinuxError.ENAMETOOLONG)]
    [InlineData(0, LinuxError.ENOENT)]
    public void A_link_says_up_to_4095_bytes(int length, LinuxError expected) =>
        Assert.Equal(expected, Mount("", Kernel, LayerTree.Empty).MakeSymbolicLink(Path(new string('x', length)), Path("l")).Error);

    [Theory]
    [InlineData("user.", 1, LinuxError.EINVAL)]
    [InlineData("trusted.overlay.", 1, LinuxError.EINVAL)]
    [InlineData("", 1, LinuxError.ERANGE)]
    [InlineData("foo.x", 1, LinuxError.ENOTSUP)]
    [InlineData("user.v", 4016, LinuxError.OK)]
    [InlineData("user.v", 4050, LinuxError.ENOSPC)]
    [InlineData("user.v", 65537, LinuxError.E2BIG)]
    [InlineData("system.posix_acl_access", 5, LinuxError.EINVAL)]
    [InlineData("security.capability", 12, LinuxError.EINVAL)]
    public void Attributes_have_limits(string name, int length, LinuxError expected) =>
        Assert.Equal(expected, Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1])).SetExtendedAttribute(Path("f"), ByteString.FromText(name), new byte[length], AttributeMode.Any, follow: true).Error);

    [Theory]
    [InlineData(247, LinuxError.OK)]
    [InlineData(248, LinuxError.ENOTSUP)] // the escaped name would have 256 bytes
    [InlineData(256, LinuxError.ERANGE)]
    public void An_overlay_attribute_must_stay_short_enough_to_be_escaped(int length, LinuxError expected)
    {
        ByteString name = ByteString.FromText("trusted.overlay.".PadRight(length, 'a'));
        Assert.Equal(expected, Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1])).SetExtendedAttribute(Path("f"), name, "v"u8, AttributeMode.Any, follow: true).Error);
    }

    [Theory]
    [InlineData(0, long.MaxValue, LinuxError.EFBIG)]
    [InlineData(long.MaxValue, 1, LinuxError.EFBIG)]
    [InlineData(0, 1L << 43, LinuxError.ENOSPC)]
    [InlineData(-1, 5, LinuxError.EINVAL)]
    [InlineData(5, 0, LinuxError.EINVAL)]
    public void Space_at_the_ends_of_the_numbers_is_refused_at_once(long offset, long length, LinuxError expected)
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1]));
        int file = simulator.Open(Path("f"), OpenFlags.ReadWrite, 0).Value;
        Assert.Equal(expected, simulator.Allocate(file, AllocationMode.Allocate, offset, length).Error);
        Assert.Equal(1, simulator.StatDescriptor(file).Value!.Size);
    }

    [Theory]
    [InlineData("4.4")]
    [InlineData(Kernel)]
    public void A_file_larger_than_memory_is_copied_up_and_read_back(string kernel)
    {
        const long Size = 1L << 35;
        OverlaySimulator simulator = Mount("", kernel, LayerTree.Empty.With(new LayerEntry { Path = Path("s"), Type = FileType.Regular, Mode = 0x1A4, Size = Size, Content = [new LayerData(0, new byte[] { 1 })] }));
        int file = simulator.Open(Path("s"), OpenFlags.ReadWrite, 0).Value;
        Assert.Equal(kernel == Kernel ? 1 << 20 : Size, simulator.Seek(file, 0, data: false).Value);
        Assert.Equal(LinuxError.OK, simulator.Allocate(file, AllocationMode.Allocate, 0, Size).Error);
        LayerEntry copy = simulator.ReadUpper()!.Entries.Single(e => e.Path == Path("s"));
        Assert.Equal(Size, copy.Content.Sum(static piece => (long)piece.Bytes.Length));
        Assert.Equal((1, 4095), (copy.Content[0].Bytes.Span[0], copy.Content[0].Bytes.Span[1..].Count((byte)0)));
    }

    [Theory]
    [InlineData(0xFFFFFFFEF9C, LinuxError.OK, 100)]
    [InlineData(1L << 44, LinuxError.EFBIG, 0)]
    [InlineData(long.MaxValue - 100, LinuxError.EINVAL, 0)]
    public void A_write_ends_at_the_largest_file(long offset, LinuxError error, int count)
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1]));
        int file = simulator.Open(Path("f"), OpenFlags.ReadWrite, 0).Value;
        OperationResult<int> result = simulator.Write(file, offset, new byte[300]);
        Assert.Equal((error, count), (result.Error, result.Value));
        Assert.Equal(error == LinuxError.EINVAL ? LinuxError.EINVAL : LinuxError.OK, simulator.Read(file, offset, 300).Error);
    }

    [Theory]
    [InlineData("..", LinuxError.EACCES)]
    [InlineData("/../../etc", LinuxError.EACCES)]
    [InlineData("/a/../..", LinuxError.EACCES)]
    [InlineData("/", LinuxError.EINVAL)]
    [InlineData("/a//b", LinuxError.EINVAL)]
    [InlineData("a/b", LinuxError.EINVAL)]
    [InlineData("", LinuxError.EINVAL)]
    [InlineData("/nowhere/at/all", LinuxError.OK)]
    public void A_redirect_stays_inside_the_layers(string redirect, LinuxError expected)
    {
        LayerTree top = LayerTree.Empty.WithDirectory("moved").WithExtendedAttribute("moved", "trusted.overlay.redirect", System.Text.Encoding.UTF8.GetBytes(redirect));
        Assert.Equal(expected, Mount("redirect_dir=on", Kernel, top, LayerTree.Empty.WithDirectory("a")).Stat(Path("moved"), follow: true).Error);
    }

    [Fact]
    public void Damaged_handles_are_no_handles()
    {
        byte[] whole = [0, 0xfb, 29, 0, 1, .. new byte[24]];
        for (int length = 0; length <= whole.Length + 2; length++)
        {
            byte[] handle = [.. whole.Take(length), .. new byte[Math.Max(0, length - whole.Length)]];
            var disk = new SimulatedFileSystem(SimulatedFileSystemKind.Ext4);
            var setup = new SimulationSetup
            {
                Lowers = [new SimulatedLayer(LayerTree.Empty.WithFile("f", new byte[1]), disk)],
                Upper = new SimulatedLayer(LayerTree.Empty.WithFile("f", new byte[1]).WithExtendedAttribute("f", "trusted.overlay.origin", handle), disk),
                Options = OverlayMountOptions.ParseMountData("index=on,nfs_export=on"u8),
                Profile = KernelProfile.Defaults(KernelVersion.Parse(Kernel)),
            };
            Assert.Equal(LinuxError.OK, OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator));
            Assert.Equal(LinuxError.OK, simulator!.Stat(Path("f"), follow: true).Error);
            Assert.Contains(simulator.StatHandle(new ByteString(handle)).Error, (LinuxError[])[LinuxError.EINVAL, LinuxError.ESTALE]);
        }
    }

    [Fact]
    public void A_tree_deeper_than_any_path_is_walked_moved_and_removed()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty);
        BytePath[] levels = [.. Enumerable.Range(1, 1000).Select(i => Path(string.Join('/', Enumerable.Repeat("d", i))))];
        for (int round = 0; round < 20; round++)
        {
            // A chain of a thousand directories goes to the end of the next one.
            foreach (BytePath level in levels)
                Assert.Equal(LinuxError.OK, simulator.MakeDirectory(level, 0x1ED).Error);
            if (round > 0)
                Assert.Equal(LinuxError.OK, simulator.Rename(Path("deep"), levels[^1].Combine(Path("deep")), RenameFlags.None).Error);
            Assert.Equal(LinuxError.OK, simulator.Rename(Path("d"), Path("deep"), RenameFlags.None).Error);
        }

        Assert.Throws<LayerException>(() => simulator.ReadUpper());
        SimulatorSnapshot snapshot = simulator.TakeSnapshot();
        Assert.Equal(LinuxError.OK, simulator.Rename(Path("deep"), Path("other"), RenameFlags.None).Error);
        simulator.Restore(snapshot);
        Assert.Equal("deep", simulator.ReadDirectory(default(BytePath)).Value.Single().Name.ToString());
    }

    [Theory]
    [InlineData(-1, 5, LinuxError.EINVAL)]
    [InlineData(0, -1, LinuxError.EINVAL)]
    [InlineData(long.MaxValue, 5, LinuxError.OK)]
    public void A_mapping_is_read_inside(long offset, int length, LinuxError expected)
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[10]));
        int map = simulator.Map(simulator.Open(Path("f"), OpenFlags.ReadOnly, 0).Value).Value;
        OperationResult<byte[]> result = simulator.ReadMapping(map, offset, length);
        Assert.Equal((expected, 0), (result.Error, result.Value.Length));
    }

    [Fact]
    public void A_writer_finds_a_fifo_that_somebody_reads()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.With(new LayerEntry { Path = Path("p"), Type = FileType.Fifo, Mode = 0x1A4 }));
        Assert.Equal(LinuxError.ENXIO, simulator.Open(Path("p"), OpenFlags.WriteOnly, 0).Error);
        int reader = simulator.Open(Path("p"), OpenFlags.ReadOnly, 0).Value;
        Assert.Equal(LinuxError.OK, simulator.Open(Path("p"), OpenFlags.WriteOnly, 0).Error);
        simulator.Close(reader);
        Assert.Equal(LinuxError.ENXIO, simulator.Open(Path("p"), OpenFlags.WriteOnly, 0).Error);
    }

    [Fact]
    public void Numbers_tell_objects_apart_and_stay_over_a_copy_up()
    {
        OverlaySimulator simulator = Mount("", Kernel, LayerTree.Empty.WithFile("f", new byte[1]).WithFile("h", new byte[1]).WithHardLink("i", "h"));
        FileStatus Status(string path) => simulator.Stat(Path(path), follow: false).Value!;
        FileStatus file = Status("f"), link = Status("h");
        Assert.NotEqual(file.InodeNumber, link.InodeNumber);
        Assert.Equal((link.InodeNumber, link.ContainingDevice), (Status("i").InodeNumber, file.ContainingDevice));
        Assert.Equal(file.InodeNumber, simulator.ReadDirectory(default(BytePath)).Value.Single(e => e.Name.ToString() == "f").InodeNumber);
        simulator.ChangeMode(Path("f"), 0x180);
        simulator.ChangeMode(Path("h"), 0x180);
        Assert.Equal(file.InodeNumber, Status("f").InodeNumber);
        Assert.NotEqual(link.InodeNumber, Status("h").InodeNumber);
        Assert.Equal(link.InodeNumber, Status("i").InodeNumber);
    }
}
