using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <summary>The layers of a live overlay as the simulator takes them, for one prediction.</summary>
internal sealed class LiveHost
{
    /// <summary>Numbers of new objects are above all that file systems give.</summary>
    private const ulong FirstNewNumber = 1UL << 62;

    /// <summary>Blocks enough for anything, but counted.</summary>
    private const long Plenty = 1L << 50;

    private const int BlockSize = 4096;

    private readonly Dictionary<ulong, SimulatedFileSystem> _fileSystems = [];
    private readonly LiveOverlay _overlay;
    private readonly long _blockLimit;

    /// <param name="overlay">The overlay.</param>
    /// <param name="isLimited">Whether the upper file system has only the room that it has.</param>
    /// <param name="options">The mount options.</param>
    public LiveHost(LiveOverlay overlay, bool isLimited, OverlayMountOptions options)
    {
        _overlay = overlay;
        Space = overlay.ReadSpace();
        _blockLimit = isLimited && Space is { } space ? space.UsableBytes / BlockSize : Plenty;

        // The upper file system first: it is the one with the limit.
        SimulatedLayer? upper = overlay.Upper is { } top ? Layer(top, isUpper: true) : null;
        SimulatedLayer[] lowers = [.. overlay.Lowers.Select(layer => Layer(layer, isUpper: false))];

        // On a read-only mount the upper layer is one more that is only looked at.
        bool changes = upper is not null && !overlay.IsReadOnly;
        Setup = new SimulationSetup
        {
            Upper = changes ? upper : null,
            Work = changes && overlay.Work is { } work ? Layer(work, isUpper: true) : null,
            Lowers = changes || upper is null ? [.. lowers] : [upper, .. lowers],
            DataLayers = [.. overlay.DataLayers.Select(layer => Layer(layer, isUpper: false))],
            IsMounted = true,
            Options = options,
            Profile = overlay.Profile,
            Settings = overlay.Settings,
            Time = overlay.Choices.Time,
            Caller = overlay.Choices.Caller,
        };
    }

    public SimulationSetup Setup { get; }

    public FileSystemSpace? Space { get; }

    public LayerProblems Problems { get; } = new();

    /// <exception cref="LiveOverlayException">The kernel would not take the options for these layers.</exception>
    public OverlaySimulator Mount()
    {
        LinuxError error = OverlaySimulator.TryMount(Setup, out OverlaySimulator? simulator);
        return error == LinuxError.OK ? simulator! : throw Refused(error);
    }

    public LiveOverlayException Refused(LinuxError error) => new(
        LiveOverlayFailure.Options, _overlay.Mount.MountPoint, error, $"The options of {_overlay.Mount.MountPoint} cannot be understood: {error} {Setup.Resolve().Refusal}");

    /// <summary>A count with the room that there is for it, and what could not be read.</summary>
    public TreeCost CostOf(TreeCount count) => new(count) { Space = Space, Problems = [.. Problems.Kept], ProblemCount = Problems.Count };

    private SimulatedLayer Layer(DirectoryLayer layer, bool isUpper)
    {
        if (!_fileSystems.TryGetValue(layer.DeviceId, out SimulatedFileSystem? fileSystem))
        {
            layer.TryGetSpace(out FileSystemStatus status);
            SimulatedFileSystemKind kind = status.Magic switch
            {
                FileSystemStatus.XfsMagic => SimulatedFileSystemKind.Xfs,
                FileSystemStatus.TmpfsMagic => SimulatedFileSystemKind.Tmpfs,
                _ => SimulatedFileSystemKind.Ext4,
            };
            fileSystem = new SimulatedFileSystem(kind, isUpper ? _blockLimit : null)
            {
                Uuid = layer.TryReadUuid(out byte[] uuid) ? ByteString.Wrap(uuid) : null,
                SharesBlocks = kind == SimulatedFileSystemKind.Xfs || status.Magic == FileSystemStatus.BtrfsMagic,
                LastInodeNumber = FirstNewNumber,
            };
            _fileSystems.Add(layer.DeviceId, fileSystem);
        }

        return new SimulatedLayer(new RealObject(layer, layer.Root, Problems), fileSystem);
    }
}
