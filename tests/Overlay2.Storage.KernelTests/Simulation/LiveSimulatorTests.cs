using System.Globalization;
using System.Text;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.MountOptions;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Random calls on a real overlay and on the simulator: the same errors, values, view and upper layer.</summary>
/// <remarks>The environment variable <c>OVERLAY2_LIVE_OPERATIONS</c> says how many calls, <c>OVERLAY2_LIVE_SEED</c> where they start.</remarks>
[Collection(ModuleParametersCollection.Name)]
public sealed class LiveSimulatorTests
{
    private const int CallsPerRound = 100;

    private static readonly string[] s_options =
    [
        "", "redirect_dir=on", "index=on", "metacopy=on", "redirect_dir=on,index=on", "redirect_dir=on,metacopy=on", "index=on,metacopy=on,redirect_dir=on",
    ];

    [Fact]
    public void The_simulator_answers_random_calls_as_the_kernel_does()
    {
        int count = Setting("OVERLAY2_LIVE_OPERATIONS", 5000), seed = Setting("OVERLAY2_LIVE_SEED", 1), done = 0, succeeded = 0;
        var wrong = new List<string>();
        using ModuleParameters parameters = ModuleParameters.Take();
        KernelProfile profile = parameters.SetRandom(new Random(seed), keepDefaults: true);
        PrivateNamespace.Run(scratch =>
        {
            _ = NativeFiles.umask(0x12);
            for (int round = 0; done < count; round++, done += CallsPerRound)
                succeeded += Round(scratch, seed, round, profile, wrong);
        });

        TestContext.Current.SendDiagnosticMessage($"{done} calls, {succeeded} of them succeeded, {wrong.Count} rounds differ from the kernel");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {done / CallsPerRound} rounds differ:\n{string.Join('\n', wrong.Take(25))}");
        Assert.True(succeeded > done / 10, $"only {succeeded} of {done} calls succeed: they are too random to say much");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    /// <summary>Ends at the first difference: what follows it says nothing.</summary>
    private static int Round(string scratch, int seed, int round, KernelProfile profile, List<string> wrong)
    {
        var random = new Random(HashCode(seed, round));
        string options = s_options[round % s_options.Length], top = scratch + "/layers", merged = scratch + "/merged";
        Directory.CreateDirectory(top);
        Directory.CreateDirectory(merged);
        Mount("tmpfs", top, "mode=755");
        foreach (string folder in (string[])["lower0", "lower1", "upper", "work"])
            Directory.CreateDirectory($"{top}/{folder}");
        LayerTree[] lowers = [LiveLayers.Make($"{top}/lower0", random), LiveLayers.Make($"{top}/lower1", random)];
        Mount("overlay", merged, $"lowerdir={top}/lower0:{top}/lower1,upperdir={top}/upper,workdir={top}/work{(options.Length > 0 ? "," : "")}{options}");

        var disk = new SimulatedFileSystem(SimulatedFileSystemKind.Tmpfs);
        var setup = new SimulationSetup
        {
            Lowers = [.. lowers.Select(t => new SimulatedLayer(t, disk))],
            Upper = new SimulatedLayer(LayerTree.Empty, disk),
            Options = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(options)),
            Profile = profile,
        };
        Assert.Equal(LinuxError.OK, OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator));
        var kernelSide = new KernelSide(merged);
        var simulatorSide = new SimulatorSide(simulator!);
        int succeeded = 0;
        string? difference = null;
        for (int i = 0; i < CallsPerRound && difference is null; i++)
        {
            LiveOperation operation = LiveOperation.Next(random);
            string kernel = kernelSide.Run(operation), answer = simulatorSide.Run(operation);
            succeeded += kernel.StartsWith("OK", StringComparison.Ordinal) ? 1 : 0;
            if (kernel != answer)
                difference = $"operation {i} {operation}\n   kernel    {kernel}\n   simulator {answer}";
        }

        difference ??= LiveView.Compare("view", kernelSide, simulatorSide, "");
        difference ??= LiveView.CompareUpper(top + "/upper", simulator!.ReadUpper()!);
        if (difference is not null)
            wrong.Add($"seed {seed}, round {round} [{options}], {difference}");
        foreach (string path in (string[])[merged, top])
            Assert.Equal(default, LibC.Unmount(Encoding.UTF8.GetBytes(path), UnmountFlags.None));
        return succeeded;
    }

    private static int HashCode(int seed, int round) => unchecked((seed * 1_000_003) + round);

    private static void Mount(string type, string path, string data) => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));
}
