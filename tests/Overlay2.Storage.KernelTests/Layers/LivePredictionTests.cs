using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.MountOptions;
using Overlay2.Storage.KernelTests.Simulation;
using Overlay2.Storage.Layers;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Operations on a mounted overlay: predicted, then done, then compared. Predictions leave no trace.</summary>
/// <remarks>The environment variable <c>OVERLAY2_PREDICTIONS</c> says how many, <c>OVERLAY2_LIVE_SEED</c> where they start.</remarks>
public sealed class LivePredictionTests
{
    private const int OperationsPerRound = 40;

    private static readonly string[] s_options = ["", "redirect_dir=on", "index=on", "metacopy=on", "ro", "userxattr", "redirect_dir=on,index=on,metacopy=on", "xino=on", "nfs_export=on,index=on"];

    [Fact]
    public void What_is_predicted_is_what_happens()
    {
        int count = Setting("OVERLAY2_PREDICTIONS", 1200), seed = Setting("OVERLAY2_LIVE_SEED", 1), done = 0, succeeded = 0;
        var wrong = new List<string>();
        using Process parameters = ModuleParameters.Share();
        PrivateNamespace.Run(scratch =>
        {
            _ = NativeFiles.umask(0x12);
            for (int round = 0; done < count; round++, done += OperationsPerRound)
                succeeded += Round(scratch, unchecked((seed * 1_000_003) + round), s_options[round % s_options.Length], twoFileSystems: round % 4 == 3, wrong);
        });
        parameters.StandardInput.Close();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {done / OperationsPerRound} rounds differ:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(succeeded > done / 10, $"only {succeeded} of {done} operations succeed: they are too random to say much");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    /// <summary>Ends at the first difference: what follows it says nothing.</summary>
    private static int Round(string scratch, int seed, string options, bool twoFileSystems, List<string> wrong)
    {
        var random = new Random(seed);
        string top = scratch + "/layers", below = scratch + "/below", merged = scratch + "/merged";
        foreach (string folder in (string[])[top, below, merged])
            Directory.CreateDirectory(folder);
        Mount("tmpfs", top, "mode=755,size=4m", default);
        Mount("tmpfs", below, "mode=755", default);
        string lower1 = (twoFileSystems ? below : top) + "/lower1";
        string[] layers = [top + "/lower0", lower1, top + "/upper", top + "/work"];
        foreach (string folder in layers)
            Directory.CreateDirectory(folder);
        PlainLayers.Make(layers[0], random);
        PlainLayers.Make(lower1, random);
        MoreObjects.Add(lower1, random);
        bool isReadOnly = options == "ro";
        string data = $"lowerdir={layers[0]}:{lower1},upperdir={layers[2]},workdir={layers[3]}{(options.Length == 0 || isReadOnly ? "" : "," + options)}";
        Mount("overlay", merged, data, isReadOnly ? MountFlags.ReadOnly : MountFlags.None);

        int succeeded = 0;
        string? difference = null;
        for (int i = 0; i < OperationsPerRound && difference is null; i++)
        {
            OverlayOperation operation = RandomAction.Next(random);
            string path = LiveOperation.RandomPath(random);
            string before = DiskState.Of(layers), mounts = File.ReadAllText("/proc/thread-self/mountinfo");
            Prediction prediction = Predict(merged, path, operation);
            Assert.Equal(before, DiskState.Of(layers));
            Assert.Equal(mounts, File.ReadAllText("/proc/thread-self/mountinfo"));
            difference = Compare(merged, layers[2], path, prediction);
            if (difference is not null)
                wrong.Add($"seed {seed} [{options}] operation {i} {operation.Kind} {path} {operation.Target}: {difference}");
            succeeded += prediction.IsSuccess ? 1 : 0;
        }

        foreach (string path in (string[])[merged, top, below])
            PrivateNamespace.Unmount(path);
        return succeeded;
    }

    private static Prediction Predict(string merged, string path, OverlayOperation operation)
    {
        using LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(merged));
        return overlay.Predict(BytePath.FromText(path), operation);
    }

    private static string? Compare(string merged, string upper, string path, Prediction prediction)
    {
        OverlayOperation operation = prediction.Operation;
        bool follow = operation.Kind is not (OverlayOperationKind.Unlink or OverlayOperationKind.Rename or OverlayOperationKind.HardLink or OverlayOperationKind.ChangeOwner);
        (ulong Inode, uint Major, uint Minor, uint Links)? before = LiveAction.Look(merged, path, follow);
        LinuxError error = LiveAction.Do(merged, path, operation);
        if (error != prediction.Error)
            return $"the kernel says {error}, the prediction {prediction.Error}";
        bool isMoved = operation.Kind == OverlayOperationKind.Rename && error == LinuxError.OK;
        (ulong Inode, uint Major, uint Minor, uint Links)? after = LiveAction.Look(merged, isMoved ? operation.Target.ToString() : path, follow);
        if (!prediction.Problems.IsEmpty)
            return $"problem {prediction.Problems[0]}";
        if (before is { } old && after is { } now)
        {
            if (old.Inode != now.Inode != prediction.InodeChanges)
                return $"st_ino {old.Inode} {now.Inode}, predicted {prediction.InodeChanges}";
            if ((old.Major, old.Minor) != (now.Major, now.Minor) != prediction.DeviceChanges)
                return $"st_dev {old} {now}, predicted {prediction.DeviceChanges}";
        }

        foreach (BytePath whiteout in prediction.Whiteouts)
        {
            if (!LibC.TryStatx(LibC.CurrentDirectory, Encoding.UTF8.GetBytes($"{upper}/{whiteout}"), AtFlags.NoFollow, StatusMask.Basic, out FileStatus status, out _)
                || (status.Mode & FileStatus.TypeMask) != FileStatus.CharacterDeviceType)
            {
                return $"no whiteout at {whiteout}";
            }
        }

        return null;
    }

    private static void Mount(string type, string path, string data, MountFlags flags) => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), flags, Encoding.UTF8.GetBytes(data)));
}
