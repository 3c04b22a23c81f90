using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>The calls that a capture makes thousands of times allocate nothing.</summary>
public sealed class NativeAllocationTests : IDisposable
{
    private readonly WrapperTree _tree = new();
    private readonly byte[] _buffer = new byte[4096];

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Statx() => Allocation.AssertNone(() => Assert.True(LibC.TryStatx(_tree.Root, "file"u8, 0, StatusMask.Basic, out _, out _)));

    [Fact]
    public void A_missing_file() => Allocation.AssertNone(() => Assert.False(LibC.TryStatx(_tree.Root, "missing"u8, 0, StatusMask.Basic, out _, out _)));

    [Fact]
    public void Getdents() => Allocation.AssertNone(() =>
    {
        Assert.True(LibC.TryRewind(_tree.Root, out _));
        Assert.True(LibC.TryReadDirectory(_tree.Root, _buffer, out int length, out _));
        Assert.True(length > 0);
    });

    [Fact]
    public void Read() => Allocation.AssertNone(() =>
    {
        Assert.True(LibC.TryRewind(_tree.File, out _));
        Assert.True(LibC.TryRead(_tree.File, _buffer, out int count, out _));
        Assert.True(LibC.TryReadAt(_tree.File, 1, _buffer, out int rest, out _));
        Assert.True(rest == count - 1);
    });

    [Fact]
    public void Getxattr() => Allocation.AssertNone(() => LibC.TryGetExtendedAttribute("/proc/self"u8, "user.there"u8, _buffer, out _, out _));

    [Fact]
    public void Openat_allocates_the_owner_of_the_descriptor_alone()
    {
        long before = 0;
        long after = 0;
        long owner = 0;
        for (int i = 0; i < 3; i++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            new SafeFileHandle(-1, ownsHandle: true).Dispose();
            owner = GC.GetAllocatedBytesForCurrentThread() - before;
            before = GC.GetAllocatedBytesForCurrentThread();
            LibC.TryOpenAt(_tree.Root, "file"u8, 0, out SafeFileHandle file, out _);
            file.Dispose();
            after = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.Equal(owner, after - before);
    }

    [Fact]
    public void Statmount()
    {
        Assert.SkipUnless(LibC.TryListMounts(0, 0, new ulong[1], out _, out Errno error), $"Needs listmount(2): {error}.");
        Assert.True(LibC.TryStatx(LibC.CurrentDirectory, "/"u8, 0, StatusMask.UniqueMountId, out FileStatus status, out _));
        Allocation.AssertNone(() => Assert.False(LibC.StatMount(status.MountId, 0, MountStatusMask.Mount, _buffer).IsError));
    }
}
