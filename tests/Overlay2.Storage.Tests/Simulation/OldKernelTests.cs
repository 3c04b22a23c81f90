using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using static Overlay2.Storage.Tests.Simulation.SimulatedOverlay;

namespace Overlay2.Storage.Tests.Simulation;

/// <summary>Kernels from before the recordings: what release notes and the kernel's document say of them steers the rules.</summary>
public sealed class OldKernelTests
{
    private static readonly LayerTree s_image = LayerTree.Empty.WithDirectory("d").WithFile("d/f", "old"u8.ToArray()).WithFile("f", "old"u8.ToArray());

    [Theory]
    [InlineData("4.18", "old")]
    [InlineData("4.19", "new")]
    [InlineData("6.18", "new")]
    public void A_descriptor_opened_for_reading_follows_copy_up_since_4_19(string kernel, string expected)
    {
        OverlaySimulator simulator = Mount("", kernel, s_image);
        int reader = simulator.Open(Path("f"), OpenFlags.ReadOnly, 0).Value, writer = simulator.Open(Path("f"), OpenFlags.ReadWrite, 0).Value;
        simulator.Write(writer, 0, "new"u8);
        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(simulator.Read(reader, 0, 10).Value));
        Assert.Equal("new"u8, simulator.Read(writer, 0, 10).Value);
        simulator.TruncateDescriptor(writer, 1);
        Assert.Equal(expected == "old" ? 3 : 1, simulator.Read(reader, 0, 10).Value.Length);
        Assert.Equal(expected == "old" ? 3 : 1, simulator.Seek(reader, 0, data: false).Value);

        // One that is opened afterwards shows the upper file in every kernel.
        int late = simulator.Open(Path("f"), OpenFlags.ReadOnly, 0).Value;
        Assert.Equal("n"u8, simulator.Read(late, 0, 10).Value);
    }

    [Theory]
    [InlineData("redirect_dir=on", "4.9", LinuxError.EINVAL)]
    [InlineData("redirect_dir=on", "4.10", LinuxError.OK)]
    [InlineData("redirect_dir=nofollow", "4.14", LinuxError.EINVAL)]
    [InlineData("redirect_dir=nofollow", "4.15", LinuxError.OK)]
    [InlineData("index=on", "4.12", LinuxError.EINVAL)]
    [InlineData("index=on", "4.13", LinuxError.OK)]
    [InlineData("metacopy=on", "4.18", LinuxError.EINVAL)]
    [InlineData("metacopy=on", "4.19", LinuxError.OK)]
    [InlineData("xino=on", "4.16", LinuxError.EINVAL)]
    [InlineData("xino=on", "4.17", LinuxError.OK)]
    [InlineData("volatile", "5.9", LinuxError.EINVAL)]
    [InlineData("volatile", "5.10", LinuxError.OK)]
    public void An_option_is_refused_before_its_kernel(string options, string kernel, LinuxError expected) =>
        Assert.Equal(expected, TryMount(options, kernel, SimulatedFileSystemKind.Ext4, null, out _, s_image));

    [Theory]
    [InlineData("3.18", 1, LinuxError.OK)]
    [InlineData("3.18", 2, LinuxError.ENOENT)]
    [InlineData("3.19", 2, LinuxError.ENOENT)]
    [InlineData("4.0", 2, LinuxError.OK)]
    [InlineData("4.0", 60, LinuxError.OK)]
    public void There_is_one_lower_layer_before_4_0(string kernel, int lowers, LinuxError expected) =>
        Assert.Equal(expected, TryMount("", kernel, SimulatedFileSystemKind.Ext4, null, out _, [.. Enumerable.Repeat(s_image, lowers)]));

    [Theory]
    [InlineData("3.19", LinuxError.EINVAL)]
    [InlineData("4.0", LinuxError.OK)]
    public void A_mount_without_upper_needs_4_0(string kernel, LinuxError expected)
    {
        var disk = new SimulatedFileSystem(SimulatedFileSystemKind.Ext4);
        var setup = new SimulationSetup
        {
            Lowers = [new SimulatedLayer(s_image, disk), new SimulatedLayer(s_image, disk)],
            Profile = KernelProfile.Defaults(KernelVersion.Parse(kernel)),
        };
        Assert.Equal(expected, OverlaySimulator.TryMount(setup, out _));
    }

    [Theory]
    [InlineData("4.9", LinuxError.EXDEV)]
    [InlineData("4.10", LinuxError.EXDEV)]
    public void Directories_of_the_image_are_not_renamed_by_default(string kernel, LinuxError expected)
    {
        Assert.Equal(expected, Mount("", kernel, s_image).Rename(Path("d"), Path("e"), RenameFlags.None).Error);
        if (kernel == "4.10")
            Assert.Equal(LinuxError.OK, Mount("redirect_dir=on", kernel, s_image).Rename(Path("d"), Path("e"), RenameFlags.None).Error);
    }

    [Theory]
    [InlineData("4.9", false)]
    [InlineData("4.10", true)]
    [InlineData("4.14", true)]
    public void A_redirect_left_by_another_kernel_is_followed_since_4_10(string kernel, bool expected)
    {
        LayerTree moved = LayerTree.Empty.WithDirectory("e").WithExtendedAttribute("e", "trusted.overlay.redirect", "d"u8);
        OverlaySimulator simulator = Mount("", kernel, moved, s_image);
        Assert.Equal(expected ? LinuxError.OK : LinuxError.ENOENT, simulator.Stat(Path("e/f"), follow: false).Error);
    }

    [Theory]
    [InlineData("4.11", false)]
    [InlineData("4.12", true)]
    public void A_number_stays_over_a_copy_up_since_4_12(string kernel, bool stays)
    {
        OverlaySimulator simulator = Mount("", kernel, s_image);
        FileStatus before = simulator.Stat(Path("f"), follow: false).Value!;
        simulator.ChangeMode(Path("f"), 0x180);
        Assert.Equal(stays, before.InodeNumber == simulator.Stat(Path("f"), follow: false).Value!.InodeNumber);
        Assert.Equal(stays, simulator.ReadUpper()!.Entries.Single(e => e.Path == Path("f")).ExtendedAttributes.Keys.Any(k => k.ToString() == "trusted.overlay.origin"));
        Assert.Equal(stays, before.ContainingDevice == simulator.Stat(Path("d"), follow: false).Value!.ContainingDevice);
    }

    [Theory]
    [InlineData("5.7", 0)]
    [InlineData("5.8", 1)]
    public void Whiteouts_are_links_of_one_since_5_8(string kernel, int links)
    {
        OverlaySimulator simulator = Mount("", kernel, s_image);
        simulator.Unlink(Path("f"));
        simulator.Unlink(Path("d/f"));
        Assert.Equal(links, simulator.ReadUpper()!.Entries.Count(e => e.HardLinkTo is not null));
    }

    [Theory]
    [InlineData("5.5", 10 << 20)]
    [InlineData("5.6", 1 << 20)]
    public void Copy_up_keeps_holes_since_5_6(string kernel, long copied)
    {
        LayerTree sparse = LayerTree.Empty.With(new LayerEntry { Path = Path("s"), Type = FileType.Regular, Mode = 0x1A4, Size = 10 << 20, Content = [new LayerData(0, new byte[] { 1 })] });
        OverlaySimulator simulator = Mount("", kernel, sparse);
        Assert.Equal(copied, simulator.Open(Path("s"), OpenFlags.WriteOnly, 0).Effects.Sum(e => e.Bytes));
    }

    [Theory]
    [InlineData("5.6", LinuxError.ENOTSUP)]
    [InlineData("5.7", LinuxError.OK)]
    public void Attributes_that_the_upper_refuses_are_left_out_since_5_7(string kernel, LinuxError expected)
    {
        LayerTree tree = LayerTree.Empty.WithFile("f", new byte[1]).WithExtendedAttribute("f", "user.a", "v"u8);
        Assert.Equal(LinuxError.OK, TryMount("", kernel, SimulatedFileSystemKind.Tmpfs, 1000, out OverlaySimulator? simulator, tree));
        Assert.Equal(expected, simulator!.ChangeMode(Path("f"), 0x180).Error);
    }
}
