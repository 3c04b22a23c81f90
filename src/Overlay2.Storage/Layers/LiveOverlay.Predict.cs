using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using Overlay2.Storage.Simulation.Backing;
using Overlay2.Storage.Simulation.Merging;

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
        var host = new LiveHost(this, isLimited: true, forceRedirects: false);
        Sight before = Sight.Of(host, path, operation);
        Measure done = Measure.Of(host, path, operation);
        bool isMoved = operation.Kind == OverlayOperationKind.Rename && done.Result.IsSuccess;
        Sight after = Sight.Of(host, isMoved ? operation.Target : path, operation);

        // How much there would have to be shows only where there is enough.
        Measure wanted = done.Result.Error == LinuxError.ENOSPC ? Measure.Of(new LiveHost(this, isLimited: false, forceRedirects: false), path, operation) : done;
        bool isOutOfInodes = done.Result.IsSuccess && host.Space?.FreeInodes < done.Inodes;
        bool isSeenTwice = before.Exists && after.Exists;
        bool isStale = isSeenTwice && before.IsLowerFile && after.Data != before.Data;
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
            BrokenLinks = done.Result.Effects.Any(static effect => effect.Kind == EffectKind.LinkBroken) ? before.OtherNames : 0,
            InodeChanges = isSeenTwice && !before.HasNumberOf(after),
            DeviceChanges = isSeenTwice && before.Identity.PseudoDevice != after.Identity.PseudoDevice,
            MappingsStale = isStale,
            DescriptorsStale = isStale && !Profile.Supports(OverlayFeatures.StackedFileOperations),
            Whiteouts = [.. done.Result.Effects.Where(static effect => effect.Kind == EffectKind.Whiteout).Select(static effect => effect.Path)],
            Advice = done.Result.Error == LinuxError.EXDEV ? AdviseRedirects(host, path, operation) : null,
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
        var host = new LiveHost(this, isLimited: false, forceRedirects: false);
        return new TreeCounter(host, operation, progress, cancellationToken).Count(path);
    }

    /// <summary>Tries whether redirects would help where a rename fails.</summary>
    private SwitchAdvice? AdviseRedirects(LiveHost host, BytePath path, OverlayOperation operation)
    {
        if (host.Features.RedirectCreate || host.Features.UserXattr || !Profile.Supports(OverlayFeatures.RedirectDir))
            return null;
        OperationResult other = operation.ApplyTo(new LiveHost(this, isLimited: true, forceRedirects: true).Simulator, path);
        return other.IsSuccess ? new SwitchAdvice(RedirectOption, RedirectPrice) : null;
    }

    /// <summary>What an operation did and took.</summary>
    private readonly record struct Measure(OperationResult Result, long Space, long Inodes)
    {
        public long CopiedBytes => Result.Effects.Sum(static effect => effect.Kind is EffectKind.CopyUp or EffectKind.DataCopyUp ? effect.Bytes : 0);

        public static Measure Of(LiveHost host, BytePath path, OverlayOperation operation)
        {
            BackingFileSystem? upper = host.UpperFileSystem;
            (long blocks, ulong last) = (upper?.FreeBlocks ?? 0, upper?.LastNumber ?? 0);
            OperationResult result = operation.ApplyTo(host.Simulator, path);
            return new Measure(result, upper is null ? 0 : (blocks - upper.LeastFreeBlocks) * FileContent.PageSize, upper is null ? 0 : (long)(upper.LastNumber - last));
        }
    }

    /// <summary>What is seen of an object.</summary>
    private readonly record struct Sight(bool Exists, InodeIdentity Identity, BackingInode? Data, bool IsLowerFile, int OtherNames)
    {
        public static Sight Of(LiveHost host, BytePath path, OverlayOperation operation)
        {
            bool isOfName = operation.Kind is OverlayOperationKind.Unlink or OverlayOperationKind.Rename or OverlayOperationKind.HardLink or OverlayOperationKind.ChangeOwner;
            if (host.Simulator.Find(path, follow: !isOfName) is not { Inode: { } inode } dentry)
                return default;
            bool isFile = inode.Type == FileType.Regular;
            BackingInode? data = isFile ? OverlayMount.RealData(inode) : null;
            return new Sight(true, host.Simulator.Mount.Identify(dentry), data, isFile && data != inode.Upper, inode.Real.LinkCount - 1);
        }

        public bool HasNumberOf(in Sight other) => Identity with { PseudoDevice = -1 } == other.Identity with { PseudoDevice = -1 };
    }
}
