using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.Layers;

/// <content>Predictions of single operations.</content>
public sealed partial class LiveOverlay
{
    private const string RedirectOption = "redirect_dir=on";

    private const string RedirectPrice =
        "Image layers made from such an upper hold redirects, which engines cannot pack: Docker turns native diff off (slower builds and commits), "
        + "and loses renamed directories in commits if the option comes on while it runs. The overlay has to be mounted again; kernels and mounts that do not follow redirects cannot read the layers.";

    /// <summary>Predicts an operation on the path that was opened.</summary>
    /// <param name="operation">What would be done.</param>
    public Prediction Predict(OverlayOperation operation) => Predict(Path, operation);

    /// <summary>Predicts an operation. Nothing is changed, in the overlay or below it.</summary>
    /// <param name="path">The path from the root of the overlay, symbolic links in it as a process sees them whose root directory that is.</param>
    /// <param name="operation">What would be done.</param>
    public Prediction Predict(BytePath path, OverlayOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        var host = new LiveHost(this, isLimited: true, Options);
        OverlaySimulator simulator = host.Mount();
        SimulatedObject? before = Look(simulator, path, operation);
        Measure done = Measure.Of(simulator, path, operation);
        bool isMoved = operation.Kind == OverlayOperationKind.Rename && done.Result.IsSuccess;
        SimulatedObject? after = Look(simulator, isMoved ? operation.Target : path, operation);

        // How much there would have to be shows only where there is enough.
        Measure wanted = done.Result.Error == LinuxError.ENOSPC ? Measure.Of(new LiveHost(this, isLimited: false, Options).Mount(), path, operation) : done;
        bool isOutOfInodes = done.Result.IsSuccess && host.Space?.FreeInodes < done.Inodes;
        bool isSeenTwice = before is not null && after is not null;
        bool isStale = isSeenTwice && before!.IsLowerFile && !after!.HasDataOf(before);
        return new Prediction
        {
            Operation = operation,
            Path = path,
            Error = isOutOfInodes ? LinuxError.ENOSPC : done.Result.Error,
            Effects = [.. done.Result.Effects],
            CopyUpBytes = wanted.CopiedBytes,
            SpaceNeeded = wanted.Space,
            InodesNeeded = wanted.Inodes,
            Space = host.Space,
            BrokenLinks = done.Result.Effects.Any(static effect => effect.Kind == EffectKind.LinkBroken) && before is not null ? before.RealLinkCount - 1 : 0,
            InodeChanges = isSeenTwice && !before!.HasNumberOf(after!),
            DeviceChanges = isSeenTwice && !before!.HasDeviceOf(after!),
            MappingsStale = isStale,
            DescriptorsStale = isStale && !Profile.Supports(OverlayFeatures.StackedFileOperations),
            Whiteouts = [.. done.Result.Effects.Where(static effect => effect.Kind == EffectKind.Whiteout).Select(static effect => effect.Path)],
            Advice = done.Result.Error == LinuxError.EXDEV ? AdviseRedirects(path, operation) : null,
            Problems = [.. host.Problems.Kept],
        };
    }

    /// <summary>Counts what a recursive operation would cost, object by object, with memory for only a part of them at a time.</summary>
    /// <param name="path">The directory, from the root of the overlay.</param>
    /// <param name="operation">What would be done to it and everything below.</param>
    /// <param name="progress">Told the cost so far, every few hundred objects.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <exception cref="OperationCanceledException">The count was ended.</exception>
    public TreeCost PredictTree(BytePath path, TreeOperation operation, IProgress<TreeCost>? progress = null, CancellationToken cancellationToken = default)
    {
        var host = new LiveHost(this, isLimited: false, Options);
        LinuxError error = OverlaySimulator.TryCountTree(host.Setup, path, operation, out TreeCount count, progress is null ? null : new Listener(host, progress), cancellationToken);
        if (error != LinuxError.OK)
            throw host.Refused(error);
        bool isFull = count.Error == LinuxError.OK && host.Space is { } space && (count.SpaceNeeded > space.UsableBytes || count.InodesNeeded > space.FreeInodes);
        return host.CostOf(isFull ? count with { Error = LinuxError.ENOSPC } : count);
    }

    private static SimulatedObject? Look(OverlaySimulator simulator, BytePath path, OverlayOperation operation)
    {
        bool isOfName = operation.Kind is OverlayOperationKind.Unlink or OverlayOperationKind.Rename or OverlayOperationKind.HardLink or OverlayOperationKind.ChangeOwner;
        return simulator.Look(path, follow: !isOfName);
    }

    /// <summary>Tries whether redirects would help where a rename fails.</summary>
    private SwitchAdvice? AdviseRedirects(BytePath path, OverlayOperation operation)
    {
        if (Effective.Redirect == RedirectMode.On || Effective.UserXattr || !Profile.Supports(OverlayFeatures.RedirectDir))
            return null;
        OperationResult other = operation.ApplyTo(new LiveHost(this, isLimited: true, Options.With(OverlayOption.FromText("redirect_dir", "on"))).Mount(), path);
        return other.IsSuccess ? new SwitchAdvice(RedirectOption, RedirectPrice) : null;
    }

    /// <summary>What an operation did and took.</summary>
    private readonly record struct Measure(OperationResult Result, long Space, long Inodes)
    {
        public long CopiedBytes => Result.Effects.Sum(static effect => effect.Kind is EffectKind.CopyUp or EffectKind.DataCopyUp ? effect.Bytes : 0);

        public static Measure Of(OverlaySimulator simulator, BytePath path, OverlayOperation operation)
        {
            SimulatedSpace before = simulator.Space;
            OperationResult result = operation.ApplyTo(simulator, path);
            SimulatedSpace after = simulator.Space;
            return new Measure(result, before.FreeBytes - after.LeastFreeBytes, (long)(after.LastInodeNumber - before.LastInodeNumber));
        }
    }

    /// <summary>Tells a caller the cost so far.</summary>
    private sealed class Listener(LiveHost host, IProgress<TreeCost> progress) : IProgress<TreeCount>
    {
        public void Report(TreeCount value) => progress.Report(host.CostOf(value));
    }
}
