using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Interop;

/// <summary>The calls about mounts that need root: their errors, and that none is made which is prevented.</summary>
[Collection(ChangingCallsCollection.Name)]
public sealed class MountCallTests
{
    private static readonly Errno s_prevention = Errno.EKEYEXPIRED;

    [Fact]
    public void Failures_come_back_as_the_error_of_the_kernel() => PrivateNamespace.Run(scratch =>
    {
        string directory = Directory.CreateDirectory($"{scratch}/d").FullName;
        using SafeFileHandle opened = Open(directory);
        using var closed = new SafeFileHandle(1 << 24, ownsHandle: false);

        Assert.Equal(Errno.ENODEV, LibC.Mount("none"u8, Bytes(directory), "no-such-type"u8, MountFlags.None, default));
        Assert.Equal(Errno.ENOENT, LibC.Mount("none"u8, Bytes($"{scratch}/missing"), "tmpfs"u8, MountFlags.None, default));
        Assert.Equal(Errno.EINVAL, LibC.Unmount(Bytes(directory), UnmountFlags.None));
        Assert.Equal(Errno.ENOENT, LibC.Unmount(Bytes($"{scratch}/missing"), UnmountFlags.None));
        Assert.False(LibC.TryCloneMount(Bytes($"{scratch}/missing"), out SafeFileHandle tree, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
        Assert.True(tree.IsInvalid);
        Assert.Equal(Errno.EINVAL, LibC.MoveMount(opened, opened));
        Assert.Equal(Errno.EINVAL, LibC.MakePrivate(opened));
        Assert.Equal(Errno.EBADF, LibC.MapIds(opened, closed));
        Assert.False(LibC.TryOpenFileSystem("no-such-type"u8, out SafeFileHandle context, out error));
        Assert.Equal(Errno.ENODEV, error);
        Assert.True(context.IsInvalid);
        Assert.Equal(Errno.EINVAL, LibC.SetText(opened, "size"u8, "1m"u8));
        Assert.False(LibC.TryFsMount(closed, out SafeFileHandle mount, out error));
        Assert.Equal(Errno.EBADF, error);
        Assert.True(mount.IsInvalid);
    });

    [Fact]
    public void A_prevented_call_leaves_the_mounts_as_they_are() => PrivateNamespace.Run(scratch =>
    {
        string directory = Directory.CreateDirectory($"{scratch}/d").FullName;
        string other = Directory.CreateDirectory($"{scratch}/other").FullName;
        string made = Directory.CreateDirectory($"{scratch}/made").FullName;
        Assert.Equal(default, LibC.Mount("there"u8, Bytes(made), "tmpfs"u8, MountFlags.None, default));
        Assert.Equal(default, LibC.Mount(""u8, Bytes(made), ""u8, MountFlags.Shared, default));
        using SafeFileHandle root = Open(made);
        using SafeFileHandle target = Open(directory);
        string before = Mounts();

        // Each with what it comes to when it is made: the table of mounts is another one.
        (string Name, Func<Errno> Call)[] calls =
        [
            ("mount", () => LibC.Mount("new"u8, Bytes(other), "tmpfs"u8, MountFlags.None, default)),
            ("umount2", () => LibC.Unmount(Bytes(other), UnmountFlags.Detach)),
            ("mount_setattr", () => LibC.MakePrivate(root)),
            ("move_mount", () => LibC.MoveMount(root, target)),
        ];
        foreach ((string name, Func<Errno> call) in calls)
        {
            Assert.Equal([name], Prevented(call));
            Assert.Equal(before, Mounts());
            Assert.Equal(default, call());
            Assert.NotEqual(before, Mounts());
            before = Mounts();
        }

        // Detached mounts are attached by a changing call, too.
        Assert.True(LibC.TryCloneMount(target, out SafeFileHandle tree, out Errno error), error.ToString());
        using SafeFileHandle copy = tree;
        Assert.Equal(["move_mount"], Prevented(() => LibC.AttachMount(copy, Bytes(other))));
        Assert.Equal(before, Mounts());
        Assert.Equal(default, LibC.AttachMount(copy, Bytes(other)));
        Assert.NotEqual(before, Mounts());
    });

    [Fact]
    public void A_super_block_is_not_made_if_prevented() => PrivateNamespace.Run(_ =>
    {
        Assert.True(LibC.TryOpenFileSystem("tmpfs"u8, out SafeFileHandle opened, out Errno error), error.ToString());
        using SafeFileHandle context = opened;
        Assert.Equal(default, LibC.SetText(context, "size"u8, "64k"u8));

        Assert.Equal(["fsconfig"], Prevented(() => LibC.CreateFileSystem(context)));
        Assert.False(LibC.TryFsMount(context, out SafeFileHandle none, out error));
        Assert.Equal(Errno.EINVAL, error);
        none.Dispose();

        Assert.Equal(default, LibC.CreateFileSystem(context));
        Assert.True(LibC.TryFsMount(context, out SafeFileHandle mount, out error), error.ToString());
        mount.Dispose();
    });

    [Fact]
    public void A_file_of_no_namespace_has_no_mount_events() => PrivateNamespace.Run(scratch =>
    {
        using SafeFileHandle directory = Open(scratch);
        Assert.False(LibC.TryOpenMountEvents(directory, out SafeFileHandle events, out Errno error));
        Assert.Equal(Errno.EINVAL, error);
        Assert.True(events.IsInvalid || events.IsClosed);
    });

    /// <summary>Makes a call that is prevented.</summary>
    /// <returns>What it announced.</returns>
    private static List<string> Prevented(Func<Errno> call)
    {
        List<string> announced = [];
        int thread = Environment.CurrentManagedThreadId;
        ChangingCalls.Disturbance = (_, name) =>
        {
            if (Environment.CurrentManagedThreadId != thread)
                return default;
            announced.Add(name);
            return s_prevention;
        };
        try
        {
            Assert.Equal(s_prevention, call());
        }
        finally
        {
            ChangingCalls.Disturbance = null;
        }

        return announced;
    }

    private static string Mounts() => File.ReadAllText("/proc/thread-self/mountinfo");

    private static SafeFileHandle Open(string path)
    {
        Assert.True(LibC.TryOpen(Bytes(path), OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle file, out Errno error), error.ToString());
        return file;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
