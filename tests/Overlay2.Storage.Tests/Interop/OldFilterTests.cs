using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Tests.Cli;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>Under a filter of system calls that is older than statx(2), what others may see is seen, and nothing is said to be forbidden.</summary>
public sealed class OldFilterTests
{
    /// <summary>ENOSYS too: the C library's own answer to that is the same.</summary>
    public static TheoryData<int> Errors => [Errno.EPERM.Value, Errno.ENOSYS.Value];

    private static int Statx => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291;

    /// <summary>What such a profile answers EPERM to: statx, and all that came with Linux 5.1 and later, but for clone3: where that gets EPERM, the C library itself starts no thread.</summary>
    private static int[] YoungCalls => [Statx, .. Enumerable.Range(424, 40).Where(call => call != 435)];

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_file_is_told_as_statx_tells_it(int error)
    {
        using var tree = new TemporaryTree();
        tree.WithFile("dir/file", "text").WithLink("link", "dir/file");
        File.CreateSymbolicLink(tree["gone"], "nowhere");
        string[] paths = [tree["dir/file"], tree["dir"], tree["link"], tree["gone"], tree["none"], "/dev/full", "/usr", "/sys/fs"];
        foreach (string path in paths)
        {
            foreach (int flags in (int[])[0, AtFlags.NoFollow])
            {
                byte[] name = System.Text.Encoding.UTF8.GetBytes(path);
                bool isThere = LibC.TryStatx(LibC.CurrentDirectory, name, flags, StatusMask.Basic, out FileStatus expected, out Errno reason);
                FilteredThread.Run([Statx], error, () =>
                {
                    Assert.Equal(isThere, LibC.TryStatx(LibC.CurrentDirectory, name, flags, StatusMask.Basic | StatusMask.MountId, out FileStatus told, out Errno why));
                    Assert.Equal(reason, why);
                    Assert.Equal(Describe(expected), Describe(told));
                    Assert.Equal((0u, 0ul, 0ul), (told.Mask & ~StatusMask.Basic, told.MountId, told.AttributesMask));
                });
            }
        }
    }

    /// <summary>The two layouts of its structure, with a number of its own in every member, on whatever machine the test runs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void Each_layout_is_read(bool hasWideLinkCount)
    {
        const ulong Device = 0x0000_0000_1234_5678;
        const ulong DeviceFile = 0x0000_0000_0010_0907;
        ulong[] words = hasWideLinkCount
            ? [Device, 11, 12, 0x0000_000E_0000_81A4, 15, DeviceFile, 17, 18, 19, 20, 21, 22, 23, 24, 25]
            : [Device, 11, 0x0000_000C_0000_81A4, 0x0000_000F_0000_000E, DeviceFile, 0, 17, 18, 19, 20, 21, 22, 23, 24, 25];
        FileStatus status;
        fixed (ulong* first = words)
            status = FileStatus.Of(first, hasWideLinkCount);

        Assert.Equal("7FF 18 12 14 15 81A4 11 17 19 20.21 24.25 22.23 9:263 1110:74616", Describe(status, withTimes: true));
    }

    [Fact]
    public void What_has_no_answer_keeps_its_error() => FilteredThread.Run([Statx], Errno.EPERM.Value, () =>
    {
        Assert.False(LibC.TryStatx(LibC.CurrentDirectory, "/nothing/here"u8, 0, StatusMask.Basic, out _, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
        using SafeFileHandle file = File.OpenHandle("/dev/null");
        Assert.True(LibC.TryStatx(file, StatusMask.Basic, out FileStatus status, out _));
        Assert.Equal((1u, 3u), (status.DeviceFileMajor, status.DeviceFileMinor));
    });

    [Fact]
    public void The_mount_of_a_path_is_found()
    {
        Assert.True(LiveMount.TryLoad(BytePath.FromText("/proc"), MountFields.All, out MountEntry? expected));
        FilteredThread.Run(YoungCalls, Errno.EPERM.Value, () =>
        {
            Assert.True(LiveMount.TryLoad(BytePath.FromText("/proc"), MountFields.All, out MountEntry? found));
            Assert.Equal((expected.MountId, expected.MountPoint), (found.MountId, found.MountPoint));
        });
    }

    /// <summary>The whole tool, which inherits the filter.</summary>
    [Theory]
    [InlineData("mounts")]
    [InlineData("kernel")]
    [InlineData("diagnose")]
    [InlineData("options", "check", "lowerdir=/usr:/etc,upperdir=/var,workdir=/tmp")]
    public void The_tool_answers_as_without_it(params string[] words)
    {
        ToolRun without = Tool.Run(words);
        FilteredThread.Run(YoungCalls, Errno.EPERM.Value, () =>
        {
            ToolRun run = Tool.Run(words);
            Assert.Equal((without.ExitCode, without.Error), (run.ExitCode, run.Error));
            Assert.DoesNotContain("EPERM", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("permission denied", run.Output, StringComparison.Ordinal);
        });
    }

    private static string Describe(FileStatus status) => Describe(status, withTimes: false);

    private static string Describe(FileStatus status, bool withTimes) => string.Join(
        ' ',
        (status.Mask & StatusMask.Basic).ToString("X", null), status.BlockSize, status.LinkCount, status.UserId, status.GroupId, status.Mode.ToString("X", null), status.Inode, status.Size, status.Blocks,
        withTimes ? Show(status.AccessTime) : "", withTimes ? Show(status.ChangeTime) : "", Show(status.ModificationTime),
        $"{status.DeviceFileMajor}:{status.DeviceFileMinor}", $"{status.DeviceMajor}:{status.DeviceMinor}").Replace("  ", " ", StringComparison.Ordinal);

    private static string Show(FileStatus.Timestamp time) => $"{time.Seconds}.{time.Nanoseconds}";
}
