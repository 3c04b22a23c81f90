using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What the mount call takes, and what the mount then shows.</content>
internal static partial class FeatureProbes
{
    private static FeatureEvidence MultipleLowers(ProbeRun run, ProbeStage stage)
    {
        const string Call = "mount with lowerdir=a:b and no upper";
        Errno error = stage.MountReadOnly("l0:l1");
        return error.IsError && run.Plain.IsError ? ProbeAnswer.Unknown(Call, error) : ProbeAnswer.OfOption(Call, error);
    }

    private static FeatureEvidence OverlapCheck(ProbeStage stage)
    {
        const string Call = "mount with the same lower twice";
        Errno error = stage.MountReadOnly("l0:l0");
        return error.IsError && error != Errno.ELOOP
            ? ProbeAnswer.Unknown(Call, error)
            : ProbeAnswer.YesIf(error == Errno.ELOOP, ProbeAnswer.Text(Call, error));
    }

    private static FeatureEvidence UuidOffShownWithoutUpper(ProbeStage stage) =>
        Shown(stage, stage.MountReadOnly("l0:l1", "uuid=off"), "uuid=off and no upper", "uuid=off", isExpected: true);

    private static FeatureEvidence NewMountApi(ProbeStage stage) =>
        Shown(stage, stage.Mount("metacopy=on"), "metacopy=on", "redirect_dir=on", isExpected: true);

    private static FeatureEvidence VerityWithoutMetacopy(ProbeStage stage) =>
        Shown(stage, stage.Mount("verity=on"), "verity=on", "metacopy=on", isExpected: false);

    private static FeatureEvidence DataOnlyLayers(ProbeStage stage) =>
        ProbeAnswer.OfOption("mount with lowerdir=a::b,metacopy=on", stage.MountReadOnly("l0::d0", "metacopy=on"));

    private static FeatureEvidence DataOnlyWithoutMetacopy(ProbeStage stage) =>
        ProbeAnswer.OfOption("mount with lowerdir=a::b", stage.MountReadOnly("l0::d0"));

    private static FeatureEvidence InUseCheck(ProbeStage stage)
    {
        if (stage.Mount("index=on") is { IsError: true } first)
            return ProbeAnswer.Unknown("mount with index=on", first);

        const string Call = "second mount of an upper with index=on";
        bool isOn = stage.Shows("index=on") != false;
        Errno second = stage.MountAt("m2", $"lowerdir={stage.Lower},upperdir={stage.Upper},workdir={stage.Work},index=on");
        return second != Errno.EBUSY && (!isOn || second.IsError)
            ? ProbeAnswer.Unknown(Call, second)
            : ProbeAnswer.YesIf(second == Errno.EBUSY, ProbeAnswer.Text(Call, second));
    }

    /// <summary>Whether a mount shows an option that it was not given, or was.</summary>
    private static FeatureEvidence Shown(ProbeStage stage, Errno error, string given, string option, bool isExpected) =>
        error.IsError || stage.Shows(option) is not { } isShown
            ? ProbeAnswer.Unknown($"mount with {given}", error)
            : ProbeAnswer.YesIf(isShown == isExpected, $"a mount with {given} {(isShown ? "shows" : "does not show")} {option}");

    /// <summary>With NFS export every copied-up file has a link in the index, which before 7.3 counts as one of its own after a remount.</summary>
    private static FeatureEvidence NfsExportLinkCount(ProbeStage stage)
    {
        const string Options = "index=on,nfs_export=on";
        MakeFile($"{stage.Lower}/file");
        string path = $"{stage.Merged}/file";
        Errno error = stage.Mount(Options);
        if (error.IsError || stage.Shows("nfs_export=on") != true)
            return ProbeAnswer.Unknown("a mount that shows nfs_export=on", error);

        error = Write(path, "copied up");
        if (!error.IsError)
            error = stage.Unmount("m");
        if (!error.IsError)
            error = stage.Mount(Options);
        FileStatus status = default;
        return error.IsError || !TryLook(path, out status, out error)
            ? ProbeAnswer.Unknown("a second mount with nfs_export=on", error)
            : ProbeAnswer.YesIf(status.LinkCount == 1, $"after a remount with nfs_export=on a file with one name has {(status.LinkCount == 1 ? "one link" : "more links")}");
    }
}
