using System.Diagnostics;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>What the program mount(8) prints, read by <see cref="MountListing"/>, against the table it printed.</summary>
public sealed class MountProgramTests
{
    private static readonly string[] s_names =
        ["plain", "a b", "a on b", "on", " type ", "x (1)", "[label]", "back\\slash", "\\040", "hash#", "comma,", "quote\"", "umlaut\u00e9", "tab\tx", "new\nline"];

    [Theory]
    [InlineData("")]
    [InlineData("-l")]
    public void Every_mount_is_read_as_the_table_has_it(string argument) => PrivateNamespace.Run(scratch =>
    {
        foreach (string name in s_names)
        {
            string path = scratch + "/" + name;
            Directory.CreateDirectory(path);
            Assert.Equal(default, LibC.Mount(Encoding.UTF8.GetBytes("s " + name.Replace('\n', 'n')), Encoding.UTF8.GetBytes(path), "tmpfs"u8, MountFlags.None, ""u8));
        }

        MountTable table = MountTable.Load(MountTableSource.Self);
        MountListing listing = MountListing.Parse(Run("mount", argument));

        Assert.Empty(listing.BadLines);
        Assert.Equal(table.Entries.Length, listing.Entries.Length);
        foreach ((MountListingEntry listed, MountEntry mount) in listing.Entries.Zip(table.Entries))
        {
            Assert.Equal(mount.FileSystemType, listed.FileSystemType);
            if (listed.IsMountPointExact)
                Assert.Equal(mount.MountPoint, listed.MountPoint);
            else
                Assert.Equal(mount.MountPoint.Length, listed.MountPoint.Length);
        }

        Assert.Equal("s a b", listing.Entries.Single(entry => entry.MountPoint.Span.EndsWith("/a b"u8)).Source.ToString());
        Assert.Contains(listing.Entries, entry => !entry.IsMountPointExact);
    });

    /// <summary>Runs a program from this thread, so that it is in the thread's mount namespace.</summary>
    private static byte[] Run(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
