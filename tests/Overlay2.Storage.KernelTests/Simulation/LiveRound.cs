using System.Text;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>A real overlay and a simulated one of the same random layers, and random calls on both.</summary>
internal sealed class LiveRound : IDisposable
{
    public const int Calls = 100;

    private const int CallsBetweenLooks = 4;

    private readonly Random _random;
    private readonly string _folder;
    private readonly string _merged;
    private readonly OverlaySimulator _simulator;
    private readonly KernelSide _kernelSide;
    private readonly SimulatorSide _simulatorSide;

    /// <param name="disk">What holds the layers.</param>
    /// <param name="folder">A new directory on it.</param>
    /// <param name="merged">Where the overlay is mounted.</param>
    /// <param name="real">The options of the real mount.</param>
    /// <param name="simulated">The options that the simulator is told.</param>
    /// <param name="profile">The kernel that the simulator is told.</param>
    /// <param name="seed">Decides all the rest.</param>
    public LiveRound(LiveDisk disk, string folder, string merged, string real, string simulated, KernelProfile profile, int seed)
    {
        _random = new Random(seed);
        _folder = folder;
        _merged = merged;
        LayerTree[] lowers = [LiveLayers.Make(_random, isBottom: false), LiveLayers.Make(_random, isBottom: true)];
        foreach (string name in (string[])["lower0", "lower1", "upper", "work"])
            Directory.CreateDirectory($"{folder}/{name}");
        for (int i = 0; i < lowers.Length; i++)
            LiveLayers.Build($"{folder}/lower{i}", lowers[i]);
        LiveDisk.Mount("overlay", merged, $"lowerdir={folder}/lower0:{folder}/lower1,upperdir={folder}/upper,workdir={folder}/work{(real.Length > 0 ? "," : "")}{real}");
        _kernelSide = new KernelSide(merged);

        var simulatedDisk = new SimulatedFileSystem(disk.Kind);
        var setup = new SimulationSetup
        {
            Lowers = [.. lowers.Select(t => new SimulatedLayer(t, simulatedDisk))],
            Upper = new SimulatedLayer(LayerTree.Empty, simulatedDisk),
            Options = OverlayMountOptions.ParseMountData(Encoding.UTF8.GetBytes(simulated)),
            Profile = profile,
        };
        Assert.Equal(LinuxError.OK, OverlaySimulator.TryMount(setup, out OverlaySimulator? simulator));
        _simulator = simulator!;
        _simulatorSide = new SimulatorSide(_simulator);
    }

    /// <summary>How many calls the kernel answered with success.</summary>
    public int Succeeded { get; private set; }

    /// <summary>Makes the calls, up to the first difference: what follows one says nothing.</summary>
    /// <returns>The difference, or <see langword="null"/>.</returns>
    public string? Run()
    {
        LiveNames names = LiveNames.Of(_simulator);
        for (int i = 0; i < Calls; i++)
        {
            if (i % CallsBetweenLooks == 0)
                names = LiveNames.Of(_simulator);
            LiveOperation operation = LiveOperation.Next(_random, names);
            string kernel = _kernelSide.Run(operation), answer = _simulatorSide.Run(operation);
            Succeeded += kernel.StartsWith("OK", StringComparison.Ordinal) ? 1 : 0;
            if (kernel != answer)
                return $"operation {i} {operation}\n   kernel    {kernel}\n   simulator {answer}";
        }

        return new LiveView(_kernelSide, _simulatorSide).Compare() ?? CompareUpper();
    }

    public string? CompareUpper() => LiveView.CompareUpper(_folder + "/upper", _simulator.ReadUpper()!);

    /// <summary>Changes something in the real upper layer.</summary>
    public void Damage(string what)
    {
        LayerTree tree = _simulator.ReadUpper()!;
        string First(Func<LayerEntry, bool> which) => $"{_folder}/upper/{tree.Entries.First(which).Path}";
        string file = First(e => e is { Type: FileType.Regular, HardLinkTo: null, Size: > 0 });
        switch (what)
        {
            case "content":
                byte[] bytes = File.ReadAllBytes(file);
                bytes[^1] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "mode":
                Assert.Equal(0, NativeFiles.chmod(NativeFiles.Text(file), 0x3F));
                break;
            case "attribute":
                Assert.Equal(0, NativeFiles.lsetxattr(NativeFiles.Text(file), NativeFiles.Text("trusted.overlay.extra"), [1], 1, 0));
                break;
            case "name":
                File.WriteAllText(_folder + "/upper/unexpected", "");
                break;
            default:
                string marked = First(e => e.ExtendedAttributes.Keys.Any(k => k.ToString() == "trusted.overlay.impure"));
                Assert.Equal(0, NativeFiles.lsetxattr(NativeFiles.Text(marked), NativeFiles.Text("trusted.overlay.impure"), "n"u8.ToArray(), 1, 0));
                break;
        }
    }

    public void Dispose()
    {
        _kernelSide.Dispose();
        PrivateNamespace.Unmount(_merged);
        Directory.Delete(_folder, recursive: true);
    }
}
