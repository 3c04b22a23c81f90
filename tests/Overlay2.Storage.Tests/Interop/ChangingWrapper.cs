using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Tests.Interop;

/// <summary>A wrapper of a native call that changes something.</summary>
/// <param name="Name">The method of <see cref="LibC"/> with the names of its parameters.</param>
/// <param name="Native">The native call that it announces.</param>
/// <param name="Call">Calls it; where <paramref name="Shows"/>, to an effect.</param>
/// <param name="Shows">Whether <see cref="WrapperTree.Look"/> shows the effect.</param>
internal sealed record ChangingWrapper(string Name, string Native, Func<WrapperTree, Errno> Call, bool Shows)
{
    private const int Fifo = 0x11A4;
    private const uint NoUser = uint.MaxValue;
    private const int Making = OpenFlags.WriteOnly | OpenFlags.Create;

    /// <summary>All of them. Those about mounts are called so that they fail.</summary>
    public static IReadOnlyList<ChangingWrapper> All { get; } =
    [
        new("TryOpen(path, flags, file, error)", "openat", tree => Opened(LibC.TryOpen(tree.Path("file"), OpenFlags.WriteOnly | OpenFlags.Truncate, out var file, out Errno error), file, error), true),
        new("TryOpenAt(directory, path, flags, file, error)", "openat", tree => Opened(LibC.TryOpenAt(tree.Root, "new"u8, Making, out var file, out Errno error), file, error), true),
        new("TryOpenAt(directory, path, flags, mode, file, error)", "openat",
            tree => Opened(LibC.TryOpenAt(tree.Root, "new"u8, Making | OpenFlags.Exclusive, 0x180, out var file, out Errno error), file, error), true),
        new("TryOpenAt2(directory, path, flags, resolve, file, error)", "openat2",
            tree => Opened(LibC.TryOpenAt2(tree.Root, "new"u8, Making, ResolveFlags.Beneath, out var file, out Errno error), file, error), true),
        new("WriteAll(file, content)", "write", tree => LibC.WriteAll(tree.File, "x"u8), true),
        new("Truncate(file, length)", "ftruncate", tree => LibC.Truncate(tree.File, 0), true),
        new("AllocateKeepingSize(file, length)", "fallocate", tree => LibC.AllocateKeepingSize(tree.File, 1 << 20), false),
        new("CopyRange(from, to, length)", "copy_file_range", tree => LibC.CopyRange(tree.File, tree.File, 1), false),
        new("Synchronize(file)", "fsync", tree => LibC.Synchronize(tree.File), false),
        new("SynchronizeFileSystem(file)", "syncfs", tree => LibC.SynchronizeFileSystem(tree.File), false),
        new("MakeDirectory(path, mode)", "mkdirat", tree => LibC.MakeDirectory(tree.Path("new"), 0x1C0), true),
        new("MakeDirectory(directory, path, mode)", "mkdirat", tree => LibC.MakeDirectory(tree.Root, "new"u8, 0x1C0), true),
        new("MakeNode(path, mode, device)", "mknodat", tree => LibC.MakeNode(tree.Path("new"), Fifo, 0), true),
        new("MakeLink(directory, name, target)", "symlinkat", tree => LibC.MakeLink(tree.Root, "new"u8, "target"u8), true),
        new("Rename(directory, from, to)", "renameat2", tree => LibC.Rename(tree.Root, "file"u8, "new"u8), true),
        new("Rename(from, to, flags)", "renameat2", tree => LibC.Rename(tree.Path("file"), tree.Path("new"), LibC.RenameNoReplace), true),
        new("Rename(fromDirectory, from, toDirectory, to, flags)", "renameat2", tree => LibC.Rename(tree.Root, "file"u8, tree.Root, "link"u8, LibC.RenameExchange), true),
        new("Remove(directory, name, isDirectory)", "unlinkat", tree => LibC.Remove(tree.Root, "empty"u8, isDirectory: true), true),
        new("Remove(path, isDirectory)", "unlinkat", tree => LibC.Remove(tree.Path("file"), isDirectory: false), true),
        new("SetExtendedAttribute(file, name, value)", "fsetxattr", tree => LibC.SetExtendedAttribute(tree.File, "user.new"u8, "1"u8), false),
        new("SetExtendedAttribute(path, name, value)", "lsetxattr", tree => LibC.SetExtendedAttribute(tree.Path("file"), "user.new"u8, "1"u8), false),
        new("SetInodeFlags(file, flags)", "ioctl", tree => LibC.SetInodeFlags(tree.File, 0x40), false),
        new("ChangeMode(file, mode)", "fchmod", tree => LibC.ChangeMode(tree.File, 0x100), true),
        new("ChangeOwner(file, user, group)", "fchown", tree => LibC.ChangeOwner(tree.File, NoUser, NoUser), false),
        new("ChangeLinkOwner(directory, name, user, group)", "fchownat", tree => LibC.ChangeLinkOwner(tree.Root, "link"u8, NoUser, NoUser), false),
        new("Mount(source, target, type, flags, data)", "mount", tree => LibC.Mount("none"u8, tree.Path("empty"), "no-such-type"u8, MountFlags.None, default), false),
        new("Unmount(target, flags)", "umount2", tree => LibC.Unmount(tree.Path("empty"), UnmountFlags.None), false),
        new("MapIds(tree, userNamespace)", "mount_setattr", tree => LibC.MapIds(tree.Closed, tree.Closed), false),
        new("MakePrivate(mount)", "mount_setattr", tree => LibC.MakePrivate(tree.Closed), false),
        new("AttachMount(tree, path)", "move_mount", tree => LibC.AttachMount(tree.Closed, tree.Path("empty")), false),
        new("MoveMount(mount, target)", "move_mount", tree => LibC.MoveMount(tree.Closed, tree.Closed), false),
        new("JoinPeers(peer, mount)", "move_mount", tree => LibC.JoinPeers(tree.Closed, tree.Closed), false),
        new("StartProgram(file, arguments, environment, streams, closed, processId)", "posix_spawn",
            tree => LibC.StartProgram(tree.Path("no-program"), ["no-program"u8.ToArray()], [], [tree.File, tree.File, tree.File], [], out _), false),
        new("CreateFileSystem(context)", "fsconfig", tree => LibC.CreateFileSystem(tree.Closed), false),
    ];

    private static Errno Opened(bool isOpen, Microsoft.Win32.SafeHandles.SafeFileHandle file, Errno error)
    {
        file.Dispose();
        Assert.Equal(isOpen, !error.IsError);
        return error;
    }
}
