using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Detection;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Simulation;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <summary>An overlay that is mounted now: its mount, options, kernel, layers and free space, to predict what operations would do.</summary>
/// <remarks>
/// <para>Everything is only read, and only when it is needed; the mount itself, which would remember what is looked up in it, is not
/// used, except for a look at its root. Layers are read anew for each prediction, so a prediction is about the time it is made.</para>
/// <para>Thread-safe. Hold it as briefly as an open directory: it keeps a descriptor of each layer.</para>
/// </remarks>
public sealed partial class LiveOverlay : IDisposable
{
    private LiveOverlay(LivePath found, LiveOverlayOptions options)
    {
        Choices = options;
        Mount = found.Mount;
        Path = found.Inside;
        Options = OverlayMountOptions.Parse(found.Mount.SuperOptions.Span);
        Profile = options.Profile ?? KernelDetector.Detect().Profile;
        Settings = HostSettings.Read();
        BytePath home = options.Home ?? TwoAbove(Mount.MountPoint);
        List<DirectoryLayer> opened = [];
        try
        {
            DirectoryLayer Open(LayerPath layer)
            {
                LayerResult<DirectoryLayer> result = Layers.DirectoryLayer.Open(options.LayerRoot, layer.Resolve(home).Path);
                if (result.Problem is { } problem)
                    throw new LiveOverlayException(LiveOverlayFailure.Layer, layer.Path, problem.Error, $"The {layer.Role} layer {layer.Path} of {Mount.MountPoint} cannot be opened: {problem.Error}.");
                opened.Add(result.Value!);
                return result.Value!;
            }

            Upper = Options.Upper is { } upper ? Open(upper) : null;
            Work = Options.Work is { } work && Upper is not null ? Open(work) : null;
            Lowers = [.. Options.Layers.Where(static layer => layer.Role == LayerRole.Lower).Select(Open)];
            DataLayers = [.. Options.Layers.Where(static layer => layer.Role == LayerRole.Data).Select(Open)];
            if (Lowers.IsEmpty)
                throw new LiveOverlayException(LiveOverlayFailure.Options, Mount.MountPoint, LinuxError.EINVAL, $"The mount on {Mount.MountPoint} shows no lower layer.");
            Effective = new LiveHost(this, isLimited: false, Options).Mount().Effective;
        }
        catch
        {
            opened.ForEach(static layer => layer.Dispose());
            throw;
        }
    }

    /// <summary>The mount.</summary>
    public MountEntry Mount { get; }

    /// <summary>Its options as the kernel shows them.</summary>
    public OverlayMountOptions Options { get; }

    /// <summary>What the options come to.</summary>
    public EffectiveOptions Effective { get; }

    /// <summary>The kernel.</summary>
    public KernelProfile Profile { get; }

    /// <summary>The path that was opened, from the root of the overlay, without a leading slash.</summary>
    public BytePath Path { get; }

    /// <summary>The upper layer; <see langword="null"/> for a mount without one.</summary>
    public DirectoryLayer? Upper { get; }

    /// <summary>The lower layers, topmost first.</summary>
    public ImmutableArray<DirectoryLayer> Lowers { get; }

    /// <summary>The layers that give only data.</summary>
    public ImmutableArray<DirectoryLayer> DataLayers { get; }

    /// <summary>Whether nothing can be changed: no upper layer, or a read-only mount.</summary>
    public bool IsReadOnly => Upper is null || LayerInspector.IsReadOnly(Mount);

    internal DirectoryLayer? Work { get; }

    internal VfsSettings Settings { get; }

    internal LiveOverlayOptions Choices { get; }

    /// <summary>Opens the overlay that a path is on.</summary>
    /// <param name="path">An absolute path on the overlay; its end need not exist. <c>/proc/PID/root/…</c> is walked in the mounts of that process.</param>
    /// <param name="options">How; the defaults if not given.</param>
    /// <exception cref="LiveOverlayException">It is not on an overlay, or something needed cannot be read.</exception>
    public static LiveOverlay Open(BytePath path, LiveOverlayOptions? options = null)
    {
        LivePath found = LivePath.Find(path);
        if (!found.Mount.IsOverlay)
            throw new LiveOverlayException(LiveOverlayFailure.NotOverlay, path, LinuxError.OK, $"{path} is on {found.Mount.FileSystemType} (mounted on {found.Mount.MountPoint}), not on an overlay.");
        var overlay = new LiveOverlay(found, options ?? new LiveOverlayOptions());
        try
        {
            overlay.CheckLayers(found.MountPoint);
            return overlay;
        }
        catch
        {
            overlay.Dispose();
            throw;
        }
    }

    /// <summary>Where in this overlay a path leads.</summary>
    /// <param name="path">An absolute path, as in <see cref="Open"/>.</param>
    /// <returns>The path from the root of the overlay; <see langword="null"/> if it is not on this mount.</returns>
    /// <exception cref="LiveOverlayException">The path cannot be reached.</exception>
    public BytePath? Locate(BytePath path)
    {
        LivePath found = LivePath.Find(path);
        return found.Mount.MountId == Mount.MountId ? found.Inside : null;
    }

    /// <summary>The room of the file system of the upper layer now; <see langword="null"/> without an upper layer or where it cannot be read.</summary>
    public FileSystemSpace? ReadSpace() => Upper is { } upper && upper.TryGetSpace(out FileSystemStatus status) ? new FileSystemSpace(status) : null;

    /// <summary>A simulator of the overlay as its layers are now. They are read when operations ask for them, and never changed.</summary>
    /// <remarks>The simulator must not outlive this object.</remarks>
    public OverlaySimulator CreateSimulator() => new LiveHost(this, isLimited: true, Options).Mount();

    /// <inheritdoc/>
    public void Dispose()
    {
        Upper?.Dispose();
        Work?.Dispose();
        foreach (DirectoryLayer layer in Lowers.Concat(DataLayers))
            layer.Dispose();
    }

    private static BytePath TwoAbove(BytePath mountPoint) =>
        mountPoint.TryGetParent(out BytePath parent) && parent.TryGetParent(out BytePath home) ? home : BytePath.Root;

    /// <summary>Where all layers are on one file system, the root of the overlay shows the number of one of their roots.</summary>
    private void CheckLayers(BytePath mountPoint)
    {
        DirectoryLayer[] merged = [.. (DirectoryLayer[])(Upper is null ? [] : [Upper]), .. Lowers];
        bool isSame = merged.All(layer => layer.DeviceId == merged[0].DeviceId);
        if (!isSame || !TryLookAtRoot(mountPoint, out ulong number) || merged.Any(layer => layer.Root.Inode == number))
            return;
        throw new LiveOverlayException(
            LiveOverlayFailure.OtherLayers, Mount.MountPoint, LinuxError.OK,
            $"The directories that {Mount.MountPoint} names as its layers are not its layers here: it was mounted in another mount namespace (give its root directory), or something covers them.");
    }

    /// <summary>The number of the root of the overlay, where its mount point is not covered.</summary>
    private bool TryLookAtRoot(BytePath mountPoint, out ulong number)
    {
        number = 0;
        if (Mount.Root != BytePath.Root || !LibC.TryOpen(mountPoint.Span, OpenFlags.Path, out SafeFileHandle handle, out _))
            return false;
        using (handle)
        {
            bool isLooked = LibC.TryStatx(handle, StatusMask.Basic | StatusMask.MountId, out Interop.FileStatus status, out _);
            number = status.Inode;
            return isLooked && (status.Mask & StatusMask.MountId) != 0 && status.MountId == (ulong)Mount.MountId;
        }
    }
}
