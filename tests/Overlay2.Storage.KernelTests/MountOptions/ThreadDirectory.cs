using System.Runtime.InteropServices;
using System.Text;

namespace Overlay2.Storage.KernelTests.MountOptions;

/// <summary>The working directory of a thread that has a mount namespace of its own: the kernel then keeps one for it.</summary>
internal static partial class ThreadDirectory
{
    public static void Change(string path)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        Assert.Equal(0, chdir(name));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int chdir(byte[] path);
}
