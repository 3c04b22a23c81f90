using System.Globalization;
using Overlay2.Storage.Bytes;
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

    public EffectiveOptions Resolve()
    {
        var layout = new LayerLayout();
        BytePath Name(string name, BackingInode inode)
        {
            BytePath path = BytePath.FromText("/" + name);
            layout = layout.With(path, Describe(inode));
            return path;
        }

        List<BytePath> lowers = [.. Layers.Lowers.Select((inode, i) => Name("l" + i.ToString(CultureInfo.InvariantCulture), inode))];
        List<BytePath> data = [.. Layers.Data.Select((inode, i) => Name("d" + i.ToString(CultureInfo.InvariantCulture), inode))];
        BytePath? upper = Layers.Upper is { } root ? Name("u", root) : null;
        BytePath? work = Layers.Work is { } directory ? Name("w", directory) : null;
        OverlayMountOptions options = OverlayMountOptions.Create(lowers, upper, work, data);
        foreach (OverlayOption option in _setup.Options.Options)
        {
            if (!IsLayerOption(option))
                options = options.WithAppended(option);
        }

        return EffectiveOptions.Resolve(options, _setup.Profile, layout);
    }

    private static bool IsLayerOption(OverlayOption option) =>
        option.Is("lowerdir"u8) || option.Is("upperdir"u8) || option.Is("workdir"u8) || option.Is("lowerdir+"u8) || option.Is("datadir+"u8);

    private LayerDirectory Describe(BackingInode inode) => new()
    {
        FileSystem = inode.FileSystem.Describe((ulong)_fileSystems.Values.ToList().IndexOf(inode.FileSystem)),
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
