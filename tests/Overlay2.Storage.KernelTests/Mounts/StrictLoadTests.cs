using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>The strict load against a table that keeps changing.</summary>
public sealed class StrictLoadTests
{
    private const int StandingMounts = 300;

    [Fact]
    public void A_change_during_the_read_is_seen_and_a_quiet_table_is_read_once() => PrivateNamespace.Run(scratch =>
    {
        for (int i = 0; i < StandingMounts; i++)
            Mount(MakeDirectory(scratch, $"standing{i}"));
        string changing = MakeDirectory(scratch, "changing");
        var once = new MountTableLoadOptions { Strict = true, MaxReads = 1 };

        // A new thread is in the mount namespace of the one that starts it.
        bool stop = false;
        var changer = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Mount(changing);
                PrivateNamespace.Unmount(changing);
            }
        });
        changer.Start();
        try
        {
            Assert.True(SeesChange(once), "200 strict loads beside steady mounting saw no change");
        }
        finally
        {
            Volatile.Write(ref stop, true);
            changer.Join();
        }

        Assert.True(MountTable.Load(MountTableSource.Self, once).Entries.Length > StandingMounts);
    });

    private static bool SeesChange(MountTableLoadOptions once)
    {
        for (int i = 0; i < 200; i++)
        {
            try
            {
                MountTable.Load(MountTableSource.Self, once);
            }
            catch (MountTableException e) when (e.Failure == MountTableFailure.KeepsChanging)
            {
                return true;
            }
        }

        return false;
    }

    private static string MakeDirectory(string parent, string name) => Directory.CreateDirectory(parent + "/" + name).FullName;

    private static void Mount(string path) =>
        Assert.Equal(default, LibC.Mount("tmpfs"u8, Encoding.UTF8.GetBytes(path), "tmpfs"u8, MountFlags.None, ""u8));
}
