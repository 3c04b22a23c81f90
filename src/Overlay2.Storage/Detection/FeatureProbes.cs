using System.Collections.Immutable;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;

namespace Overlay2.Storage.Detection;

/// <summary>The table of probes: one for each feature that says <see cref="FeatureDetection.Probe"/>, in the order of trying.</summary>
internal static partial class FeatureProbes
{
    public static ImmutableArray<FeatureProbe> All { get; } =
    [
        new(Features.Overlay, static (run, _) => ProbeAnswer.Of("mount with lower, upper and work", run.Plain, Errno.ENODEV)) { NeedsUpper = false },
        new(Features.MultipleLowers, MultipleLowers) { NeedsUpper = false },
        new(Features.OverlapCheck, OverlapCheck) { NeedsUpper = false },
        new(Features.UuidOffShownWithoutUpper, UuidOffShownWithoutUpper) { NeedsUpper = false },
        Option(Features.RedirectDir),
        Option(Features.RedirectFollow, "redirect_dir=nofollow"),
        Option(Features.Index, isShown: true),
        Option(Features.NfsExport, "index=on,nfs_export=on", isShown: true),
        Option(Features.Xino),
        Option(Features.Metacopy, isShown: true),
        Option(Features.Volatile),
        Option(Features.UserXattr),
        Option(Features.UuidOff),
        Option(Features.Verity),
        Option(Features.UuidAttribute),
        Option(Features.OverrideCredentials),
        Option(Features.FsyncMode),
        new(Features.NewMountApi, NewMountApi),
        new(Features.VerityWithoutMetacopy, VerityWithoutMetacopy),
        new(Features.DataOnlyLayers, DataOnlyLayers),
        new(Features.DataOnlyWithoutMetacopy, DataOnlyWithoutMetacopy),
        new(Features.LayerAppend, LayerAppend),
        new(Features.LayerDescriptors, LayerDescriptors),
        new(Features.InUseCheck, InUseCheck),
        new(Features.IdmappedLayers, IdmappedLayers),
        new(Features.StackedFileOperations, StackedFileOperations),
        new(Features.ConstantInode, ConstantInode),
        new(Features.SharedWhiteout, SharedWhiteout),
        new(Features.ConditionalOpaque, ConditionalOpaque),
        new(Features.EscapedXattr, EscapedXattr),
        new(Features.XattrWhiteout, XattrWhiteout),
        new(Features.ProtectedAttributes, ProtectedAttributes),
        new(Features.NfsExportLinkCount, NfsExportLinkCount),
        new(Features.TemporaryFiles, TemporaryFiles),
        new(Features.CopyRangeSameFileSystem, CopyRangeSameFileSystem) { NeedsUpper = false },
        new(Features.KeepSizeSetsTime, KeepSizeSetsTime) { NeedsUpper = false },
        new(Features.TmpfsFileFlags, TmpfsFileFlags) { NeedsUpper = false },
        new(Features.TmpfsUserXattr, TmpfsUserXattr) { NeedsUpper = false },
        new(Features.SocketUserXattr, SocketUserXattr) { NeedsUpper = false },
        new(Features.ExchangeChecksAncestorFirst, ExchangeChecksAncestorFirst) { NeedsUpper = false },
    ];

    /// <summary>The probe of a feature whose mount option is taken or not.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="options">What to mount with, the tried option last; without it <see cref="OverlayFeature.MountOption"/>.</param>
    /// <param name="isShown">Whether mountinfo shows the option if it has an effect.</param>
    private static FeatureProbe Option(OverlayFeature feature, string? options = null, bool isShown = false)
    {
        options ??= feature.MountOption!;
        return new(feature, stage =>
        {
            FeatureEvidence evidence = ProbeAnswer.OfOption($"mount with {options}", stage.Mount(options));
            return isShown && evidence.Status == FeatureStatus.Yes && stage.Shows(options.Split(',')[^1]) == false
                ? evidence with { Source = evidence.Source + ", but the mount does not show it: no effect on this file system" }
                : evidence;
        });
    }
}
