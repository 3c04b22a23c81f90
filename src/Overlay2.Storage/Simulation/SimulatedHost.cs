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
        BackingInode? upper = setup.Upper is { } layer ? Build(layer) : null;
        BackingInode? work = upper is null ? null : setup.Work is { } directory ? Build(directory) : upper.FileSystem.NewRoot();
        Layers = new MountLayers(upper, work, [.. setup.Lowers.Select(Build)], [.. setup.DataLayers.Select(Build)]) { AreMounted = setup.IsMounted };
    }

    public SimulationClock Clock { get; }

    public Journal Journal { get; } = new();

    public KernelRules Rules { get; }

    public MountLayers Layers { get; }

    /// <summary>What a kernel makes of the options for these directories; directories that the options name are not looked at.</summary>
    public EffectiveOptions Resolve()
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

    private static LayerDirectory Describe(BackingInode inode, ulong fileSystem) => new()
    {
        FileSystem = inode.FileSystem.Describe(fileSystem),
        Marks = [.. inode.ExtendedAttributes.Items.Select(static item => item.Key).Where(static key => key.Span.IndexOf("overlay."u8) > 0)],
    };

    private BackingInode Build(SimulatedLayer layer)
    {
        if (!_fileSystems.TryGetValue(layer.FileSystem, out BackingFileSystem? fileSystem))
        {
            fileSystem = Rules.NewFileSystem(layer.FileSystem, UuidOf(layer), Clock, Journal);
            _fileSystems.Add(layer.FileSystem, fileSystem);
        }

        return layer.Source is { } source ? fileSystem.Load(source) : LayerBuilder.Build(fileSystem, layer.Tree);
    }

    /// <summary>The UUID that handles carry: as it is given, as the marks of overlayfs on a root outside have it, or made up.</summary>
    private byte[] UuidOf(SimulatedLayer layer)
    {
        if (layer.FileSystem.Uuid is { } given)
            return given.Span.ToArray();
        byte[] uuid = new byte[16];
        if (layer.Source is not { } source)
        {
            uuid[0] = 0x11;
            uuid[15] = (byte)(_fileSystems.Count + 1);
            return uuid;
        }

        foreach ((ByteString name, byte[] value) in source.ReadAttributes())
        {
            if (name.Span.EndsWith(".overlay.origin"u8) && OverlayFileHandle.IsWellFormed(value))
                uuid = OverlayFileHandle.Uuid(value).ToArray();
        }

        return uuid;
    }
}
