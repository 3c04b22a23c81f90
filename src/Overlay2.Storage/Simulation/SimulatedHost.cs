using System.Globalization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

/// <summary>The file systems and directories of a simulation before the mount.</summary>
internal sealed class SimulatedHost
{
    private readonly SimulationSetup _setup;
    private readonly Dictionary<SimulatedFileSystem, BackingFileSystem> _fileSystems = [];

    public SimulatedHost(SimulationSetup setup)
    {
        _setup = setup;
        Clock = new SimulationClock(setup.Time);
        Rules = KernelRules.From(setup.Profile);
        BackingInode? upper = null, work = null;
        if (setup.Upper is { } layer)
        {
            upper = Build(layer);
            work = upper.FileSystem.NewRoot();
        }

        Layers = new MountLayers(upper, work, [.. setup.Lowers.Select(Build)], [.. setup.DataLayers.Select(Build)]);
    }

    public SimulationClock Clock { get; }

    public Journal Journal { get; } = new();

    public KernelRules Rules { get; }

    public MountLayers Layers { get; }

    public EffectiveOptions Resolve() => Resolve(Layers, _setup.Options, _setup.Profile);

    /// <summary>What a kernel makes of options for these directories; directories that the options name are not looked at.</summary>
    public static EffectiveOptions Resolve(MountLayers layers, OverlayMountOptions given, KernelProfile profile)
    {
        var layout = new LayerLayout();
        List<BackingFileSystem> fileSystems = [];
        BytePath Name(string name, BackingInode inode)
        {
            if (!fileSystems.Contains(inode.FileSystem))
                fileSystems.Add(inode.FileSystem);
            BytePath path = BytePath.FromText("/" + name);
            layout = layout.With(path, Describe(inode, (ulong)fileSystems.IndexOf(inode.FileSystem)));
            return path;
        }

        List<BytePath> lowers = [.. layers.Lowers.Select((inode, i) => Name("l" + i.ToString(CultureInfo.InvariantCulture), inode))];
        List<BytePath> data = [.. layers.Data.Select((inode, i) => Name("d" + i.ToString(CultureInfo.InvariantCulture), inode))];
        BytePath? upper = layers.Upper is { } root ? Name("u", root) : null;
        BytePath? work = layers.Work is { } directory ? Name("w", directory) : null;
        OverlayMountOptions options = OverlayMountOptions.Create(lowers, upper, work, data);
        foreach (OverlayOption option in given.Options)
        {
            if (!IsLayerOption(option))
                options = options.WithAppended(option);
        }

        return EffectiveOptions.Resolve(options, profile, layout);
    }

    private static bool IsLayerOption(OverlayOption option) =>
        option.Is("lowerdir"u8) || option.Is("upperdir"u8) || option.Is("workdir"u8) || option.Is("lowerdir+"u8) || option.Is("datadir+"u8);

    private static LayerDirectory Describe(BackingInode inode, ulong fileSystem) => new()
    {
        FileSystem = inode.FileSystem.Describe(fileSystem),
        Marks = [.. inode.ExtendedAttributes.Items.Select(static item => item.Key).Where(static key => key.Span.IndexOf("overlay."u8) > 0)],
    };

    private BackingInode Build(SimulatedLayer layer)
    {
        if (!_fileSystems.TryGetValue(layer.FileSystem, out BackingFileSystem? fileSystem))
        {
            Span<byte> uuid = stackalloc byte[16];
            uuid[0] = 0x11;
            uuid[15] = (byte)(_fileSystems.Count + 1);
            fileSystem = Rules.NewFileSystem(layer.FileSystem.Kind, uuid, layer.FileSystem.BlockLimit, Clock, Journal);
            _fileSystems.Add(layer.FileSystem, fileSystem);
        }

        return LayerBuilder.Build(fileSystem, layer.Tree);
    }
}
