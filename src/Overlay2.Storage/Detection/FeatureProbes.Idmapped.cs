using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>A layer whose ids are mapped by the user namespace of a child process.</content>
internal static partial class FeatureProbes
{
    private static FeatureEvidence IdmappedLayers(ProbeStage stage)
    {
        const uint LongestLife = 2;
        if (!LibC.TryStartSleeper(LongestLife, out int child, out Errno error))
            return ProbeAnswer.Unknown("a child process in a user namespace", error);

        try
        {
            string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{child}");
            error = WriteMap($"{process}/uid_map");
            if (!error.IsError)
                error = WriteMap($"{process}/gid_map");
            string step = "a map of ids";
            if (!error.IsError && LibC.TryOpen(Utf8(process + "/ns/user"), OpenFlags.ReadOnly, out SafeFileHandle userNamespace, out error))
            {
                using (userNamespace)
                    error = MapLayer(stage, userNamespace, out step);
            }

            return error.IsError
                ? ProbeAnswer.Unknown(step, error)
                : ProbeAnswer.OfOption("mount with an idmapped lower", stage.MountAt("m", $"lowerdir={stage.Path("l1")},upperdir={stage.Upper},workdir={stage.Work}"));
        }
        finally
        {
            LibC.EndChild(child);
        }
    }

    private static Errno MapLayer(ProbeStage stage, SafeFileHandle userNamespace, out string step)
    {
        step = "a detached mount";
        if (!LibC.TryCloneMount(Utf8(stage.Lower), out SafeFileHandle opened, out Errno error))
            return error;
        using SafeFileHandle tree = opened;
        step = "an idmapped mount on this file system";
        error = LibC.MapIds(tree, userNamespace);
        if (!error.IsError)
            error = LibC.AttachMount(tree, Utf8(stage.Path("l1")));
        if (!error.IsError)
            stage.Attached("l1");
        return error;
    }

    private static Errno WriteMap(string path)
    {
        bool isOpen = LibC.TryOpen(Utf8(path), OpenFlags.WriteOnly, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle file = opened;
        return isOpen ? LibC.WriteAll(file, "0 100000 65536\n"u8) : error;
    }
}
