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
    public EffectiveOptions Resolve() =>
        Layers.Resolve(_setup.Options.Options.Where(static option => !IsLayerOption(option)), _setup.Profile);

    private static bool IsLayerOption(OverlayOption option) =>
        option.Is("lowerdir"u8) || option.Is("upperdir"u8) || option.Is("workdir"u8) || option.Is("lowerdir+"u8) || option.Is("datadir+"u8);

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
