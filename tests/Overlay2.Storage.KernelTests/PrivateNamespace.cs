using System.Runtime.ExceptionServices;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests;

/// <summary>Runs test code that mounts: on a thread with a mount namespace of its own, which ends with the thread.</summary>
internal static class PrivateNamespace
{
    /// <summary>Runs the action with an empty tmpfs as its scratch directory; skips the test if that is not allowed.</summary>
    /// <param name="action">Gets the path of the scratch directory. Must stay on its thread: no await.</param>
    public static void Run(Action<string> action)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Needs root: the test mounts.");
        Assert.SkipUnless(File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\toverlay", StringComparison.Ordinal)), "Needs overlay in the kernel.");

        // The runtime loads an assembly when it is first needed, and could not find it where the test has changed its root.
        _ = MountTable.Load(MountTableSource.Self);

        string scratch = Directory.CreateTempSubdirectory("overlay2-kernel-").FullName;
        try
        {
            RunOnThread(() =>
            {
                Errno error = LibC.Unshare(CloneFlags.MountNamespace);
                Assert.SkipWhen(error == Errno.EPERM, "Needs CAP_SYS_ADMIN: the test makes a mount namespace.");
                Assert.Equal(default, error);
                Assert.Equal(default, LibC.Mount(""u8, "/"u8, ""u8, MountFlags.Recursive | MountFlags.Private, ""u8));
                Assert.Equal(default, LibC.Mount("scratch"u8, Encoding.UTF8.GetBytes(scratch), "tmpfs"u8, MountFlags.None, ""u8));
                action(scratch);
            });
        }
        finally
        {
            Directory.Delete(scratch);
        }
    }

    /// <summary>Unmounts what the test has mounted, and has no file of open any more.</summary>
    /// <remarks>A program that another test starts has copies of this process's descriptors until it runs; till then the mount of such a file is busy.</remarks>
    public static void Unmount(string path)
    {
        const int Tries = 2000;
        Errno error = LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.None);
        for (int i = 0; i < Tries && error == Errno.EBUSY; i++)
        {
            Thread.Sleep(5);
            error = LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.None);
        }

        Assert.Equal(default, error);
    }

    private static void RunOnThread(Action action)
    {
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }
}
