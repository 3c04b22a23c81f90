using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>Layers that are given one by one, by path or as open directories.</content>
internal static partial class FeatureProbes
{
    private static FeatureEvidence LayerAppend(ProbeStage stage) =>
        Append(stage, "fsconfig with lowerdir+ twice", (context, layer) => LibC.SetText(context, "lowerdir+"u8, Utf8(layer)));

    private static FeatureEvidence LayerDescriptors(ProbeStage stage) =>
        Append(stage, "fsconfig with lowerdir+ and an open directory, twice", SetDirectory);

    private static FeatureEvidence Append(ProbeStage stage, string call, Func<SafeFileHandle, string, Errno> append)
    {
        bool isOpen = LibC.TryOpenFileSystem("overlay"u8, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle context = opened;
        if (!isOpen)
            return ProbeAnswer.Unknown("fsopen", error);

        error = append(context, stage.Lower);
        if (!error.IsError)
            error = append(context, stage.Path("l1"));
        return ProbeAnswer.OfOption(call, error.IsError ? error : LibC.CreateFileSystem(context));
    }

    private static Errno SetDirectory(SafeFileHandle context, string path)
    {
        bool isOpen = LibC.TryOpen(Utf8(path), OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle directory = opened;
        return isOpen ? LibC.SetFile(context, "lowerdir+"u8, directory) : error;
    }
}
