using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Trees of one directory in the other: an object costs the same however deep it is.</summary>
public sealed class DeepTreeTests
{
    private const int Levels = 250;

    [Fact]
    public void What_a_level_costs_does_not_grow_with_its_depth() => PrivateNamespace.Run(scratch =>
    {
        _ = CountLevels(scratch + "/first", Levels); // compiles
        long few = CountLevels(scratch + "/few", Levels);
        long many = CountLevels(scratch + "/many", 6 * Levels);

        // Paths from the top would make a level of the deep tree cost five times as much.
        Assert.InRange(many / 6, 1, few + (few / 2));
    });

    /// <summary>Each level has a directory with a file beside the one that goes on, so that the way leads back up too.</summary>
    /// <returns>The bytes that were allocated.</returns>
    private static long CountLevels(string folder, int levels)
    {
        string at = folder + "/lower";
        for (int i = 0; i < levels; i++)
        {
            Directory.CreateDirectory(at + "/e");
            File.WriteAllText(at + "/e/f", "x");
            at += "/d";
        }

        foreach (string name in (string[])["upper", "work", "merged"])
            Directory.CreateDirectory($"{folder}/{name}");
        Assert.Equal(default, LibC.Mount(
            "test"u8, Encoding.UTF8.GetBytes(folder + "/merged"), "overlay"u8, MountFlags.None, Encoding.UTF8.GetBytes($"lowerdir={folder}/lower,upperdir={folder}/upper,workdir={folder}/work")));
        try
        {
            using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(folder + "/merged"));
            long before = GC.GetAllocatedBytesForCurrentThread();
            TreeCost cost = overlay.PredictTree(default, TreeOperation.ChangeOwner, cancellationToken: TestContext.Current.CancellationToken);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((LinuxError.OK, 3 * levels, levels, 0), (cost.Error, cost.Objects, cost.Files, cost.ProblemCount));
            return allocated;
        }
        finally
        {
            PrivateNamespace.Unmount(folder + "/merged");
        }
    }
}
