using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.KernelTests.Engine;

/// <summary>Runs code in the mount namespace of another process, or rather in a private copy of it with this process's /proc.</summary>
internal static partial class NamespaceThread
{
    private const int NewMountNamespace = 0x20000;

    public static void Run(int process, Action action)
    {
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(process);
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

    private static void Enter(int process)
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/mnt");
        Assert.True(LibC.TryOpen(Encoding.UTF8.GetBytes(link), OpenFlags.ReadOnly, out SafeFileHandle target, out Errno error), error.ToString());
        using (target)
        {
            // setns(2) wants a thread that shares its working directory with no other: unshare gives it one.
            Assert.Equal(default, LibC.Unshare(CloneFlags.MountNamespace));
            Assert.Equal(0, setns(target, NewMountNamespace));
        }

        Assert.Equal(default, LibC.Unshare(CloneFlags.MountNamespace));
        Assert.Equal(default, LibC.Mount(""u8, "/"u8, ""u8, MountFlags.Recursive | MountFlags.Private, ""u8));
        Assert.Equal(default, LibC.Mount("proc"u8, "/proc"u8, "proc"u8, MountFlags.None, ""u8));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle file, int type);
}
