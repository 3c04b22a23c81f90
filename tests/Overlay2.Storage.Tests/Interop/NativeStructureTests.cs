using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>The structures have the sizes that the kernel writes and takes: a byte too few would be memory of somebody else.</summary>
public sealed unsafe partial class NativeStructureTests
{
    private const string SystemCall = "syscall";

    /// <summary>Longer than anything that the calls here write.</summary>
    private const int Room = 1024;

    [Fact]
    public void Structures_have_the_sizes_of_their_manual_pages()
    {
        Assert.Equal(256, sizeof(FileStatus));
        Assert.Equal(16, sizeof(FileStatus.Timestamp));
        Assert.Equal(24, sizeof(LibC.OpenHow));
        Assert.Equal(32, sizeof(LibC.MountAttributeChange));
        Assert.Equal(32, sizeof(MountIdRequest));
        Assert.Equal(MountStatus.TextOffset, sizeof(MountStatus));
        Assert.Equal(8, sizeof(PollDescriptor));
    }

    [Fact]
    public void Members_stand_where_the_kernel_has_them()
    {
        Assert.Equal(28, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.Mode)));
        Assert.Equal(32, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.Inode)));
        Assert.Equal(64, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.AccessTime)));
        Assert.Equal(112, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.ModificationTime)));
        Assert.Equal(136, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.DeviceMajor)));
        Assert.Equal(144, (int)Marshal.OffsetOf<FileStatus>(nameof(FileStatus.MountId)));
        Assert.Equal(8, (int)Marshal.OffsetOf<MountIdRequest>(nameof(MountIdRequest.MountId)));
        Assert.Equal(24, (int)Marshal.OffsetOf<MountIdRequest>(nameof(MountIdRequest.NamespaceId)));
        Assert.Equal(40, (int)Marshal.OffsetOf<MountStatus>(nameof(MountStatus.UniqueId)));
        Assert.Equal(104, (int)Marshal.OffsetOf<MountStatus>(nameof(MountStatus.Root)));
        Assert.Equal(112, (int)Marshal.OffsetOf<MountStatus>(nameof(MountStatus.NamespaceId)));
        Assert.Equal(144, (int)Marshal.OffsetOf<MountStatus>(nameof(MountStatus.SupportedMask)));
        Assert.Equal(6, (int)Marshal.OffsetOf<PollDescriptor>(nameof(PollDescriptor.Happened)));
    }

    [Fact]
    public void Statx_writes_a_FileStatus() =>
        Assert.Equal(sizeof(FileStatus), Written(buffer => Assert.Equal(0, statx(-100, "/\0"u8, 0, StatusMask.Basic, buffer))));

    /// <summary>120 bytes on x64 and arm64; the wrapper has room for 256.</summary>
    [Fact]
    public void Fstatfs_writes_what_there_is_room_for()
    {
        using SafeFileHandle file = File.OpenHandle("/proc/self/status");
        Assert.Equal(120, Written(buffer => Assert.Equal(0, fstatfs(file, buffer))));

        Assert.True(LibC.TryGetSpace(file, out FileSystemStatus space, out _));
        Assert.Equal((0x9fa0u, 4096ul), (space.Magic, space.BlockSize));
    }

    /// <summary>32 bits; before Linux 5.8 FUSE wrote the 64 that the request is encoded with.</summary>
    [Fact]
    public void The_flags_of_an_inode_are_within_a_long()
    {
        using var tree = new Engines.TemporaryTree();
        using SafeFileHandle file = File.OpenHandle(tree.WithFile("file", "")["file"]);
        Assert.SkipUnless(LibC.TryGetInodeFlags(file, out _, out Errno error), $"Needs a file system with flags of inodes: {error}.");
        Assert.InRange(Written(buffer => Assert.Equal(0, ioctl(file, 0x80086601, buffer))), 4, sizeof(ulong));
    }

    [Fact]
    public void Openat2_takes_an_OpenHow_and_nothing_shorter()
    {
        var how = new LibC.OpenHow { Flags = OpenFlags.Path };
        nint file = openat2(SystemCallNumber.OpenAt2, -100, "/\0"u8, &how, sizeof(LibC.OpenHow));
        Assert.SkipWhen(file < 0 && Errno.Last is var last && (last == Errno.ENOSYS || last == Errno.EPERM), "Needs openat2(2).");
        Assert.True(file >= 0, Errno.Last.ToString());
        new SafeFileHandle(file, ownsHandle: true).Dispose();

        Assert.Equal(-1, openat2(SystemCallNumber.OpenAt2, -100, "/\0"u8, &how, sizeof(LibC.OpenHow) - 1));
        Assert.Equal(Errno.EINVAL, Errno.Last);
    }

    /// <summary>The length is looked at before anything else.</summary>
    [Fact]
    public void Mount_setattr_takes_a_MountAttributeChange_and_nothing_shorter()
    {
        var change = new LibC.MountAttributeChange { Propagation = (ulong)MountFlags.Private };
        Assert.Equal(-1, mount_setattr(SystemCallNumber.SetMountAttributes, -1, "/nowhere\0"u8, 0, &change, sizeof(LibC.MountAttributeChange)));
        Assert.SkipWhen(Errno.Last == Errno.ENOSYS, "Needs mount_setattr(2).");
        Assert.NotEqual(Errno.EINVAL, Errno.Last);
        Assert.Equal(-1, mount_setattr(SystemCallNumber.SetMountAttributes, -1, "/nowhere\0"u8, 0, &change, sizeof(LibC.MountAttributeChange) - 1));
        Assert.Equal(Errno.EINVAL, Errno.Last);
    }

    /// <summary>24 bytes came with the call, 32 with mount namespaces (Linux 6.11).</summary>
    [Fact]
    public void Statmount_takes_a_MountIdRequest_and_writes_a_MountStatus_before_its_texts()
    {
        ulong root = RootMount();
        MountIdRequest request = MountIdRequest.Create(root, (ulong)(MountStatusMask.Mount | MountStatusMask.MountPoint), 0);
        request.Size = 16;
        byte[] answer = new byte[Room];
        Assert.Equal(-1, statmount(SystemCallNumber.StatMount, &request, answer, Room, 0));
        Assert.Equal(Errno.EINVAL, Errno.Last);

        Array.Fill(answer, (byte)0xAA);
        Assert.Equal(default, LibC.StatMount(root, 0, MountStatusMask.Mount | MountStatusMask.MountPoint, answer));
        MountStatus status = MemoryMarshal.AsRef<MountStatus>(answer);
        Assert.Equal(root, status.UniqueId);

        // The size counts the texts: behind the structure there is the path, after an empty text on newer kernels, and nothing else.
        int text = sizeof(MountStatus) + (int)status.MountPoint;
        Assert.InRange(status.MountPoint, 0u, 1u);
        Assert.Equal("/\0"u8, answer.AsSpan(text, 2));
        Assert.Equal((uint)text + 2, status.Size);
        Assert.All(answer[(text + 2)..], value => Assert.Equal(0xAA, value));
        Assert.DoesNotContain((byte)0xAA, answer[Unsafe.SizeOf<ulong>()..64]);
    }

    [Fact]
    public void Listmount_writes_no_more_ids_than_it_says()
    {
        RootMount();
        ulong[] ids = [.. Enumerable.Repeat(ulong.MaxValue, 4)];

        Assert.True(LibC.TryListMounts(0, 0, ids.AsSpan(0, 2), out int count, out Errno error), error.ToString());
        Assert.InRange(count, 1, 2);
        Assert.Equal([ulong.MaxValue, ulong.MaxValue], ids[2..]);
        Assert.DoesNotContain(ulong.MaxValue, ids[..count]);
    }

    [Fact]
    public void A_file_handle_is_within_its_buffer()
    {
        using var tree = new Engines.TemporaryTree();
        Assert.SkipUnless(LibC.TryGetFileHandle(Encoding.UTF8.GetBytes(tree.Root), out _, out byte[] handle, out Errno error), $"Needs file handles: {error}.");
        Assert.InRange(handle.Length, 1, 128);
    }

    private static ulong RootMount()
    {
        Assert.SkipUnless(LibC.TryListMounts(0, 0, new ulong[1], out _, out Errno error), $"Needs listmount(2): {error}.");
        Assert.True(LibC.TryStatx(LibC.CurrentDirectory, "/"u8, 0, StatusMask.UniqueMountId, out FileStatus status, out error), error.ToString());
        return status.MountId;
    }

    /// <summary>How many bytes a call writes: up to the last that is not what it was, whichever of two values that is.</summary>
    private static int Written(Action<byte[]> call)
    {
        byte[] first = new byte[Room];
        byte[] second = new byte[Room];
        Array.Fill(first, (byte)0xAA);
        Array.Fill(second, (byte)0x55);
        call(first);
        call(second);
        return 1 + Math.Max(first.AsSpan().LastIndexOfAnyExcept((byte)0xAA), second.AsSpan().LastIndexOfAnyExcept((byte)0x55));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int statx(int directory, ReadOnlySpan<byte> path, int flags, uint mask, byte[] status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, byte[] status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint openat2(nint number, nint directory, ReadOnlySpan<byte> path, LibC.OpenHow* how, nint length);

    [LibraryImport("libc", EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint mount_setattr(nint number, nint directory, ReadOnlySpan<byte> path, nint flags, LibC.MountAttributeChange* change, nint length);

    [LibraryImport("libc", EntryPoint = SystemCall, SetLastError = true)]
    private static partial nint statmount(nint number, MountIdRequest* request, byte[] buffer, nint length, nint flags);
}
