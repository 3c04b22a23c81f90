using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Layers;

/// <summary>A simulated host with the file systems of a live overlay, for one prediction.</summary>
internal sealed class LiveHost
{
    /// <summary>Numbers of new objects are above all that file systems give.</summary>
    private const ulong FirstNewNumber = 1UL << 62;

    /// <summary>Blocks enough for anything, but counted.</summary>
    private const long Plenty = 1L << 50;

    private readonly Dictionary<ulong, BackingFileSystem> _fileSystems = [];
    private readonly SimulationClock _clock;
    private readonly Journal _journal = new();
    private readonly KernelRules _rules;
    private readonly LiveOverlay _overlay;
    private readonly long _blockLimit;

    /// <param name="overlay">The overlay.</param>
    /// <param name="isLimited">Whether the upper file system has only the room that it has.</param>
    /// <param name="forceRedirects">Whether redirect_dir is on, whatever the mount says.</param>
    public LiveHost(LiveOverlay overlay, bool isLimited, bool forceRedirects)
    {
        _overlay = overlay;
        _clock = new SimulationClock(overlay.Choices.Time);
        _rules = KernelRules.From(overlay.Profile);
        Space = overlay.ReadSpace();
        _blockLimit = isLimited && Space is { } space ? space.UsableBytes / FileContent.PageSize : Plenty;

        // The upper file system first: it is the one with the limit.
        BackingInode? upper = overlay.Upper is { } top ? Load(top, isUpper: true) : null;
        BackingInode[] lowers = [.. overlay.Lowers.Select(layer => Load(layer, isUpper: false))];
        BackingInode[] data = [.. overlay.DataLayers.Select(layer => Load(layer, isUpper: false))];

        // On a read-only mount the upper layer is one more that is only looked at.
        bool changes = upper is not null && !overlay.IsReadOnly;
        BackingInode? work = changes && overlay.Work is { } directory ? Load(directory, isUpper: true) : null;
        var layers = new MountLayers(changes ? upper : null, changes ? work ?? upper!.FileSystem.NewRoot() : null, changes || upper is null ? lowers : [upper, .. lowers], data) { AreMounted = true };
        Effective = SimulatedHost.Resolve(layers, overlay.Options, overlay.Profile);
        LinuxError error = Effective.Error;
        MountFeatures features = MountFeatures.From(Effective, overlay.Options.TryGet("xino"u8, out OverlayOption xino) && xino.Value is { } value && value.Span.SequenceEqual("on"u8));
        if (forceRedirects)
            features = features with { RedirectCreate = true, RedirectFollow = true };
        OverlayMount? mount = null;
        if (error == LinuxError.OK)
            error = OverlayMount.TryMount(layers, features, _rules, _clock, _journal, out mount);
        if (error != LinuxError.OK)
            throw new LiveOverlayException(LiveOverlayFailure.Options, overlay.Mount.MountPoint, error, $"The options of {overlay.Mount.MountPoint} cannot be understood: {error} {Effective.Refusal}");
        UpperFileSystem = upper?.FileSystem;
        Features = features;
        Simulator = new OverlaySimulator(mount!, _clock, _journal, overlay.Settings) { Caller = overlay.Choices.Caller };
    }

    public OverlaySimulator Simulator { get; }

    public EffectiveOptions Effective { get; }

    public MountFeatures Features { get; }

    public BackingFileSystem? UpperFileSystem { get; }

    public FileSystemSpace? Space { get; }

    public LayerProblems Problems { get; } = new();

    private BackingInode Load(DirectoryLayer layer, bool isUpper)
    {
        if (!_fileSystems.TryGetValue(layer.DeviceId, out BackingFileSystem? fileSystem))
        {
            layer.TryGetSpace(out FileSystemStatus status);
            SimulatedFileSystemKind kind = status.Magic switch
            {
                FileSystemStatus.XfsMagic => SimulatedFileSystemKind.Xfs,
                FileSystemStatus.TmpfsMagic => SimulatedFileSystemKind.Tmpfs,
                _ => SimulatedFileSystemKind.Ext4,
            };
            fileSystem = new BackingFileSystem(kind, layer.ReadUuid(), isUpper ? _blockLimit : null, _clock, _journal)
            {
                HoldsUserAttributes = kind != SimulatedFileSystemKind.Tmpfs || _rules.TmpfsHasUserAttributes,
                SocketsHoldUserAttributes = _rules.SocketsHaveUserAttributes,
                AllocationKeepsTime = _rules.AllocationKeepsTime,
                SharesAllBlocks = status.Magic == FileSystemStatus.BtrfsMagic ? true : null,
                LastNumber = FirstNewNumber,
            };
            _fileSystems.Add(layer.DeviceId, fileSystem);
        }

        return new RealLayer(layer, fileSystem, Problems).LoadRoot();
    }
}
