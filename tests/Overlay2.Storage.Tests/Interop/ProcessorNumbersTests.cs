using System.Runtime.InteropServices;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>The numbers that differ by processor, pinned on whatever machine the test runs.</summary>
public sealed class ProcessorNumbersTests
{
    [Fact]
    public void Of_x64() => Assert.Equal(new ProcessorNumbers(0x10000, 0x20000, 217, 259, 316, 262, true), ProcessorNumbers.Of(Architecture.X64));

    [Fact]
    public void Of_arm64() => Assert.Equal(new ProcessorNumbers(0x4000, 0x8000, 61, 33, 276, 79, false), ProcessorNumbers.Of(Architecture.Arm64));

    [Fact]
    public void Of_others_are_generic() => Assert.Equal(new ProcessorNumbers(0x10000, 0x20000, 61, 33, 276, 79, false), ProcessorNumbers.Of(Architecture.RiscV64));

    [Fact]
    public void Those_of_this_machine_are_in_use()
    {
        ProcessorNumbers expected = ProcessorNumbers.Of(RuntimeInformation.ProcessArchitecture);

        Assert.Equal(expected, ProcessorNumbers.Current);
        Assert.Equal(
            expected,
            new ProcessorNumbers(
                OpenFlags.Directory, OpenFlags.NoFollow, SystemCallNumber.GetDirectoryEntries, SystemCallNumber.MakeNode, SystemCallNumber.Rename,
                SystemCallNumber.Status, expected.HasWideLinkCount));
        Assert.Equal(0x400000 | expected.OpenDirectory, OpenFlags.Temporary);
    }

    /// <summary>A flag with another number would be another flag, or none.</summary>
    [Fact]
    public void The_kernel_takes_the_flags_as_they_are_meant()
    {
        using var tree = new Engines.TemporaryTree();
        tree.WithFile("file", "").WithLink("link", "file");

        Assert.Equal(Errno.ENOTDIR, OpenError(tree, "file", OpenFlags.Directory));
        Assert.Equal(default, OpenError(tree, "", OpenFlags.Directory));
        Assert.Equal(Errno.ELOOP, OpenError(tree, "link", OpenFlags.NoFollow));
        Assert.Equal(default, OpenError(tree, "file", OpenFlags.NoFollow));
    }

    private static Errno OpenError(Engines.TemporaryTree tree, string name, int flags)
    {
        LibC.TryOpen(System.Text.Encoding.UTF8.GetBytes(tree[name]), flags, out Microsoft.Win32.SafeHandles.SafeFileHandle file, out Errno error);
        file.Dispose();
        return error;
    }
}
