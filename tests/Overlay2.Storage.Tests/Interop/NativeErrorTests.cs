using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>Real failures of each family of calls come back as the kernel's error. Those that need root are tests of the kernel.</summary>
public sealed class NativeErrorTests : IDisposable
{
    private readonly WrapperTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Opening()
    {
        Assert.Equal(Errno.ENOENT, ErrorOfOpen(LibC.TryOpen(_tree.Path("missing"), 0, out SafeFileHandle file, out Errno error), file, error));
        Assert.Equal(Errno.ENOTDIR, ErrorOfOpen(LibC.TryOpenAt(_tree.Root, "file/x"u8, 0, out file, out error), file, error));
        Assert.Equal(Errno.EEXIST, ErrorOfOpen(
            LibC.TryOpenAt(_tree.Root, "file"u8, OpenFlags.Create | OpenFlags.Exclusive, 0x180, out file, out error), file, error));
        Assert.Equal(Errno.EBADF, ErrorOfOpen(LibC.TryOpenAt(_tree.Closed, "file"u8, 0, out file, out error), file, error));
        Assert.Equal(Errno.EXDEV, ErrorOfOpen(LibC.TryOpenAt2(_tree.Root, ".."u8, 0, ResolveFlags.Beneath, out file, out error), file, error));
    }

    [Fact]
    public void Reading_and_writing()
    {
        using var pipe = new AnonymousPipeServerStream();
        using var end = new SafeFileHandle(pipe.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);

        Assert.False(LibC.TryRead(_tree.Root, new byte[1], out int count, out Errno error));
        Assert.Equal((-1, Errno.EISDIR), (count, error));
        Assert.False(LibC.TryReadAt(end, 1, new byte[1], out count, out error));
        Assert.Equal((-1, Errno.ESPIPE), (count, error));
        Assert.Equal(Errno.EBADF, LibC.WriteAll(_tree.Root, "x"u8));
        Assert.False(LibC.TryRewind(end, out error));
        Assert.Equal(Errno.ESPIPE, error);
        Assert.False(LibC.TrySeek(_tree.File, 1 << 20, data: true, out long place, out error));
        Assert.Equal((-1, Errno.ENXIO), (place, error));
        Assert.Equal(Errno.EINVAL, LibC.AllocateKeepingSize(_tree.File, 0));
        Assert.Equal(Errno.EBADF, LibC.CopyRange(_tree.Closed, _tree.File, 1));
        Assert.Equal(Errno.EINVAL, LibC.Synchronize(end));
        Assert.Equal(Errno.EBADF, LibC.SynchronizeFileSystem(_tree.Closed));
    }

    [Fact]
    public void Directories()
    {
        Assert.False(LibC.TryReadDirectory(_tree.File, new byte[512], out int length, out Errno error));
        Assert.Equal((-1, Errno.ENOTDIR), (length, error));
        Assert.False(LibC.TryReadDirectory(_tree.Root, new byte[8], out _, out error));
        Assert.Equal(Errno.EINVAL, error);
        Assert.Equal(Errno.ENOTDIR, LibC.ChangeDirectory(_tree.File));
    }

    [Fact]
    public void Names()
    {
        Assert.Equal(Errno.EEXIST, LibC.MakeDirectory(_tree.Root, "file"u8, 0x1C0));
        Assert.Equal(Errno.EEXIST, LibC.MakeNode(_tree.Path("file"), 0x11A4, 0));
        Assert.Equal(Errno.EEXIST, LibC.MakeLink(_tree.Root, "link"u8, "target"u8));
        Assert.False(LibC.TryReadLink(_tree.Root, "file"u8, out byte[] target, out Errno error));
        Assert.Equal(Errno.EINVAL, error);
        Assert.Empty(target);
        Assert.Equal(Errno.ENOENT, LibC.Rename(_tree.Root, "missing"u8, "new"u8));
        Assert.Equal(Errno.EEXIST, LibC.Rename(_tree.Path("file"), _tree.Path("link"), LibC.RenameNoReplace));
        Assert.Equal(Errno.ENOTDIR, LibC.Remove(_tree.Root, "file"u8, isDirectory: true));
        Assert.Equal(Errno.EISDIR, LibC.Remove(_tree.Root, "empty"u8, isDirectory: false));
    }

    [Fact]
    public void A_long_target_of_a_link_is_read_whole()
    {
        byte[] target = [.. Enumerable.Repeat((byte)'x', 3000)];
        Assert.Equal(default, LibC.MakeLink(_tree.Root, "long"u8, target));
        Assert.True(LibC.TryReadLink(_tree.Root, "long"u8, out byte[] read, out _));
        Assert.Equal(target, read);
    }

    [Fact]
    public void Status()
    {
        Assert.False(LibC.TryStatx(_tree.Root, "missing"u8, 0, StatusMask.Basic, out FileStatus status, out Errno error));
        Assert.Equal((Errno.ENOENT, 0u), (error, status.Mask));
        Assert.False(LibC.TryStatx(_tree.Closed, StatusMask.Basic, out _, out error));
        Assert.Equal(Errno.EBADF, error);
        Assert.False(LibC.TryGetSpace(_tree.Closed, out _, out error));
        Assert.Equal(Errno.EBADF, error);
        Assert.False(LibC.TryGetFileSystemUuid(_tree.Closed, out byte[] uuid, out error));
        Assert.Equal(Errno.EBADF, error);
        Assert.Empty(uuid);
        Assert.False(LibC.TryGetFileHandle(_tree.Root, "missing"u8, out int type, out byte[] handle, out error));
        Assert.Equal((Errno.ENOENT, 0), (error, type));
        Assert.Empty(handle);
    }

    [Fact]
    public void Attributes()
    {
        Assert.False(LibC.TryListExtendedAttributes(_tree.Path("missing"), out byte[] names, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
        Assert.Empty(names);
        Assert.Equal(Errno.EOPNOTSUPP, LibC.SetExtendedAttribute(_tree.File, "nowhere.x"u8, "1"u8));
        Assert.Equal(Errno.ENOENT, LibC.SetExtendedAttribute(_tree.Path("missing"), "user.x"u8, "1"u8));
        Assert.False(LibC.TryGetInodeFlags(_tree.Closed, out uint flags, out error));
        Assert.Equal((Errno.EBADF, 0u), (error, flags));
        Assert.Equal(Errno.EBADF, LibC.SetInodeFlags(_tree.Closed, 0));
        Assert.Equal(Errno.EBADF, LibC.ChangeMode(_tree.Closed, 0));
        Assert.Equal(Errno.EBADF, LibC.ChangeOwner(_tree.Closed, 0, 0));
        Assert.Equal(Errno.ENOENT, LibC.ChangeLinkOwner(_tree.Root, "missing"u8, 0, 0));

        Assert.SkipUnless(_tree.HasAttributes, "Needs a file system with user attributes.");
        Assert.False(LibC.TryGetExtendedAttribute(_tree.File, "user.missing"u8, out _, out error));
        Assert.Equal(Errno.ENODATA, error);
        byte[] value = [.. Enumerable.Repeat((byte)7, 1000)];
        Assert.Equal(default, LibC.SetExtendedAttribute(_tree.File, "user.long"u8, value));
        Assert.False(LibC.TryGetExtendedAttribute(_tree.Path("file"), "user.long"u8, new byte[999], out int length, out error));
        Assert.Equal((-1, Errno.ERANGE), (length, error));
        Assert.True(LibC.TryGetExtendedAttribute(_tree.File, "user.long"u8, out byte[] read, out _));
        Assert.Equal(value, read);
    }

    [Fact]
    public void Contexts()
    {
        Assert.Equal(Errno.EBADF, LibC.SetText(_tree.Closed, "size"u8, "1m"u8));
        Assert.Equal(Errno.EBADF, LibC.SetFlag(_tree.Closed, "ro"u8));
        Assert.Equal(Errno.EBADF, LibC.SetFile(_tree.Closed, "lowerdir+"u8, _tree.Root));
        Assert.Equal(Errno.EBADF, LibC.CreateFileSystem(_tree.Closed));
    }

    [Fact]
    public void Mount_queries()
    {
        Assert.SkipUnless(LibC.TryListMounts(0, 0, new ulong[1], out _, out Errno error), $"Needs listmount(2): {error}.");
        Assert.Equal(Errno.ENOENT, LibC.StatMount(ulong.MaxValue >> 1, 0, MountStatusMask.Mount, new byte[1024]));
        Assert.True(LibC.TryStatx(LibC.CurrentDirectory, "/"u8, 0, StatusMask.UniqueMountId, out FileStatus status, out _));
        Assert.Equal(Errno.EOVERFLOW, LibC.StatMount(status.MountId, 0, MountStatusMask.MountPoint, new byte[MountStatus.TextOffset]));
    }

    [Fact]
    public void Namespaces()
    {
        Assert.Equal(Errno.EINVAL, LibC.Unshare((CloneFlags)1));
        Assert.Equal(Errno.EINVAL, LibC.EnterMountNamespace(_tree.File));
        Assert.False(LibC.TryGetMountNamespaceId(_tree.File, out ulong id, out Errno error));
        Assert.Equal((Errno.ENOTTY, 0ul), (error, id));
    }

    [Fact]
    public void Processes()
    {
        Assert.SkipUnless(LibC.TryStartSleeper(600, out int child, out Errno error), $"Needs a user namespace: {error}.");
        try
        {
            Assert.NotEqual(Errno.ENOENT, StatusOfProcess(child));
        }
        finally
        {
            LibC.EndChild(child);
        }

        // Killed and waited for; what is no child is nothing to wait for.
        Assert.Equal(Errno.ENOENT, StatusOfProcess(child));
    }

    [Fact]
    public void Waiting()
    {
        Assert.True(LibC.TryPoll(_tree.Closed, PollEvents.In, 0, out PollEvents happened, out Errno error));
        Assert.Equal((PollEvents.Invalid, default), (happened, error));

        Assert.True(LibC.TryOpenEvent(out SafeFileHandle wake, out error), error.ToString());
        Assert.False(LibC.TryRead(wake, new byte[8], out _, out error));
        Assert.Equal(Errno.EAGAIN, error);
        LibC.SignalEvent(wake);
        Assert.True(LibC.TryPoll(wake, PollEvents.In, 0, out happened, out _));
        Assert.Equal(PollEvents.In, happened);
        byte[] counted = new byte[8];
        LibC.SignalEvent(wake);
        Assert.True(LibC.TryRead(wake, counted, out int count, out _));
        Assert.Equal((8, 2ul), (count, BitConverter.ToUInt64(counted)));
        wake.Dispose();

        Assert.Equal(default, LibC.TryLock(_tree.File));
        Assert.True(LibC.TryOpen(_tree.Path("file"), 0, out SafeFileHandle second, out _));
        Assert.Equal(Errno.EAGAIN, LibC.TryLock(second));
        LibC.Unlock(_tree.File);
        Assert.Equal(default, LibC.TryLock(second));
        second.Dispose();
    }

    private static Errno StatusOfProcess(int id)
    {
        LibC.TryStatx(LibC.CurrentDirectory, System.Text.Encoding.ASCII.GetBytes($"/proc/{id}"), 0, StatusMask.Basic, out _, out Errno error);
        return error;
    }

    private static Errno ErrorOfOpen(bool isOpen, SafeFileHandle file, Errno error)
    {
        Assert.False(isOpen);
        Assert.True(file.IsInvalid);
        file.Dispose();
        return error;
    }
}
