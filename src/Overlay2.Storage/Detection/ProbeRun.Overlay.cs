using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;

namespace Overlay2.Storage.Detection;

/// <content>What the mount call of overlayfs takes.</content>
internal sealed partial class ProbeRun
{
    /// <summary>Features whose option is taken or not, with the options to mount with.</summary>
    private static readonly (OverlayFeature Feature, string Options)[] s_options =
    [
        (Features.RedirectDir, "redirect_dir=on"),
        (Features.RedirectFollow, "redirect_dir=nofollow"),
        (Features.Index, "index=on"),
        (Features.NfsExport, "index=on,nfs_export=on"),
        (Features.Xino, "xino=on"),
        (Features.Metacopy, "metacopy=on"),
        (Features.Volatile, "volatile"),
        (Features.UserXattr, "userxattr"),
        (Features.UuidOff, "uuid=off"),
        (Features.Verity, "verity=on"),
        (Features.UuidAttribute, "uuid=auto"),
        (Features.OverrideCredentials, "override_creds"),
        (Features.FsyncMode, "fsync=auto"),
    ];

    private void TryOverlay()
    {
        Errno plain = TryPlain();
        TryReadOnly(plain);
        if (plain.IsError)
        {
            foreach ((OverlayFeature feature, _) in s_options)
                Add(feature, FeatureStatus.Unknown, Answer("not tried, as a plain overlay can not be mounted here", plain));
            return;
        }

        foreach ((OverlayFeature feature, string options) in s_options)
        {
            using ProbeStage stage = NewStage();
            Errno error = stage.Mount(options);
            Add(feature, OptionStatus(error), Answer($"mount with {options}", error) + (error.IsError ? "" : Effect(stage, options)));
        }

        TryShown();
        TryDataOnly();
        TryAppend();
        TryInUse();
        TryIdmappedLayers();
        TryBehaviour();
    }

    private Errno TryPlain()
    {
        using ProbeStage stage = NewStage();
        Errno error = stage.Mount();
        Add(Features.Overlay,
            error == Errno.ENODEV ? FeatureStatus.No : error.IsError ? FeatureStatus.Unknown : FeatureStatus.Yes,
            Answer("mount with lower, upper and work", error));
        return error;
    }

    private void TryReadOnly(Errno plain)
    {
        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountReadOnly("l0:l1");
            Add(Features.MultipleLowers, error.IsError && plain.IsError ? FeatureStatus.Unknown : OptionStatus(error), Answer("mount with lowerdir=a:b and no upper", error));
            if (error.IsError)
                return;
        }

        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountReadOnly("l0:l0");
            Add(Features.OverlapCheck, error == Errno.ELOOP ? FeatureStatus.Yes : error.IsError ? FeatureStatus.Unknown : FeatureStatus.No, Answer("mount with the same lower twice", error));
        }

        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountReadOnly("l0:l1", "uuid=off");
            bool? isShown = error.IsError ? null : stage.Shows("uuid=off");
            Add(Features.UuidOffShownWithoutUpper, isShown is { } shown ? YesIf(shown) : FeatureStatus.Unknown,
                isShown is null ? Answer("mount with uuid=off and no upper", error) : $"a mount with uuid=off and no upper {(isShown.Value ? "shows it" : "does not show it")}");
        }
    }

    /// <summary>An option that overlayfs does not know is EINVAL; so is one that the file system does not allow, but then the plain
    /// mount would have failed already or the kernel only warns.</summary>
    private static FeatureStatus OptionStatus(Errno error) =>
        !error.IsError ? FeatureStatus.Yes : error == Errno.EINVAL ? FeatureStatus.No : FeatureStatus.Unknown;

    private static string Effect(ProbeStage stage, string options)
    {
        string option = options.Split(',')[^1];
        return option is "index=on" or "nfs_export=on" or "metacopy=on" && stage.Shows(option) == false
            ? ", but the mount does not show it: no effect on this file system"
            : "";
    }

    private void TryShown()
    {
        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.Mount("metacopy=on");
            bool? shown = error.IsError ? null : stage.Shows("redirect_dir=on");
            Add(Features.NewMountApi, shown is { } isShown ? YesIf(isShown) : FeatureStatus.Unknown,
                shown is null ? Answer("mount with metacopy=on", error) : $"a mount with metacopy=on {(shown.Value ? "shows" : "does not show")} redirect_dir=on");
        }

        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.Mount("verity=on");
            bool? shown = error.IsError ? null : stage.Shows("metacopy=on");
            Add(Features.VerityWithoutMetacopy, shown is { } isShown ? YesIf(!isShown) : FeatureStatus.Unknown,
                shown is null ? Answer("mount with verity=on", error) : $"a mount with verity=on {(shown.Value ? "shows" : "does not show")} metacopy=on");
        }
    }

    private void TryDataOnly()
    {
        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountReadOnly("l0::d0", "metacopy=on");
            Add(Features.DataOnlyLayers, OptionStatus(error), Answer("mount with lowerdir=a::b,metacopy=on", error));
        }

        using (ProbeStage stage = NewStage())
        {
            Errno error = stage.MountReadOnly("l0::d0");
            Add(Features.DataOnlyWithoutMetacopy, OptionStatus(error), Answer("mount with lowerdir=a::b", error));
        }
    }

    private void TryInUse()
    {
        using ProbeStage stage = NewStage();
        string options = $"lowerdir={stage.Lower},upperdir={stage.Upper},workdir={stage.Path("w")},index=on";
        if (stage.MountAt("m", options) is { IsError: true } first)
        {
            Add(Features.InUseCheck, FeatureStatus.Unknown, Answer("mount with index=on", first));
            return;
        }

        bool isOn = stage.Shows("index=on") != false;
        Errno second = stage.MountAt("m2", options);
        Add(Features.InUseCheck,
            second == Errno.EBUSY ? FeatureStatus.Yes : !isOn || second.IsError ? FeatureStatus.Unknown : FeatureStatus.No,
            Answer("second mount of an upper with index=on", second));
    }
}
