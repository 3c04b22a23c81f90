using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.KernelTests.Mounts;

/// <summary>What the table says of each mount against what the kernel's own path walk finds at its mount point.</summary>
/// <remarks>The environment variable <c>OVERLAY2_LIVE_SEEDS</c> says how many random sets of mounts are made (eng/live-mounts.sh).</remarks>
public sealed class LiveVisibilityTests
{
    private const int DefaultSeeds = 12;
    private const int Operations = 120;

    private static readonly int s_seeds =
        int.TryParse(Environment.GetEnvironmentVariable("OVERLAY2_LIVE_SEEDS"), CultureInfo.InvariantCulture, out int seeds) ? seeds : DefaultSeeds;

    private int _mounts;
    private int _hidden;
    private int _paths;

    [Fact]
    public void Visibility_and_walk_are_those_of_the_kernel()
    {
        for (int seed = 0; seed < s_seeds; seed++)
        {
            PrivateNamespace.Run(scratch =>
            {
                using var proc = new ThreadProc();
                var mounts = new RandomMounts(seed, scratch + "/top");
                mounts.Do(Operations, proc);
                Compare(proc, mounts, $"seed {seed}");
            });
        }

        Report();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    public void A_process_with_a_root_of_its_own_sees_what_the_table_says(string below)
    {
        for (int seed = 1000; seed < 1000 + s_seeds; seed++)
        {
            PrivateNamespace.Run(scratch =>
            {
                using var proc = new ThreadProc();
                new RandomMounts(seed, scratch + "/top").Do(Operations, proc);
                string root = scratch + "/top" + below;
                Directory.CreateDirectory(root);
                ThreadProc.ChangeRoot(root);

                // If the new root directory is no mount, only a mount in it tells what is over "/" from what is "/".
                Directory.CreateDirectory("/mark");
                Assert.Equal(default, LibC.Mount("mark"u8, "/mark"u8, "tmpfs"u8, MountFlags.None, ""u8));
                var mounts = new RandomMounts(-seed, "/");
                mounts.Do(Operations / 4, proc);
                Compare(proc, mounts, $"seed {seed}");
            });
        }

        Report();
    }

    private void Compare(ThreadProc proc, RandomMounts mounts, string seed)
    {
        MountTable table = MountTable.Parse(proc.ReadMountInfo());
        foreach (MountEntry mount in table.Entries)
        {
            MountVisibility visibility = table.GetVisibility(mount);
            int opened = proc.GetMountId(mount.MountPoint.Span);
            int shown = opened >= 0 ? opened : proc.GetMountIdOfExistingPart(mount.MountPoint.Span);
            string subject = $"{seed}: {mount}, the kernel shows {shown}";

            Assert.True((opened == mount.MountId) == visibility.IsVisible, subject);
            Assert.True((opened == mount.MountId) != visibility.IsHidden, subject);
            if (visibility.IsHidden)
                Assert.True(visibility.HiddenBy is { } by ? by.MountId == shown : !table.TryGet(shown, out _), $"{subject}, the table {visibility.HiddenBy}");
            _mounts++;
            _hidden += visibility.IsHidden ? 1 : 0;
        }

        for (int i = 0; i < 50; i++)
        {
            byte[] path = Encoding.UTF8.GetBytes(mounts.NewPath());
            int shown = proc.GetMountIdOfExistingPart(path);

            // A root directory that is no mount of its own lies in one that the table does not show.
            MountEntry? resolved = table.Resolve(path);
            Assert.True(resolved is null ? !table.TryGet(shown, out _) : resolved.MountId == shown, $"{seed}: {Encoding.UTF8.GetString(path)}, {resolved}, {shown}");
            _paths++;
        }
    }

    private void Report()
    {
        TestContext.Current.TestOutputHelper!.WriteLine($"{s_seeds} seeds, {_mounts} mounts ({_hidden} hidden), {_paths} paths");
        Assert.True(_mounts > s_seeds * 5);
        Assert.True(_hidden > s_seeds);
    }
}
