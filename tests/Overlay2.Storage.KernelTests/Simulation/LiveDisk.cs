using System.Diagnostics;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>A real file system for layers and what the simulator takes it for.</summary>
internal sealed record LiveDisk(string Folder, SimulatedFileSystemKind Kind)
{
    private const int BlockSize = 4096;

    /// <summary>A tmpfs.</summary>
    public static LiveDisk Tmpfs(string scratch)
    {
        string folder = Directory.CreateDirectory(scratch + "/tmpfs").FullName;
        Mount("tmpfs", folder, "mode=755");
        return new LiveDisk(folder, SimulatedFileSystemKind.Tmpfs);
    }

    /// <summary>An ext4 in an image file.</summary>
    public static LiveDisk Ext4(string scratch)
    {
        string folder = Directory.CreateDirectory(scratch + "/ext4").FullName, image = scratch + "/ext4.img";
        using (FileStream file = File.Create(image))
            file.SetLength(512L << 20);
        Shell($"mkfs.ext4 -q -F -b {BlockSize} -N 262144 -E lazy_itable_init=1 {image} && mount -o loop {image} {folder}");
        return new LiveDisk(folder, SimulatedFileSystemKind.Ext4);
    }

    public void Unmount() => PrivateNamespace.Unmount(Folder);

    public static void Mount(string type, string path, string data) => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));

    private static void Shell(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { UseShellExecute = false, RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command}: {error}");
    }
}
