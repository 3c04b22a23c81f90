using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Features = Overlay2.Storage.Kernel.OverlayFeatures;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>Layers that are given one by one, by path or as open directories.</content>
internal sealed partial class ProbeRun
{
    private void TryAppend()
    {
        using ProbeStage stage = NewStage();
        if (!LibC.TryOpenFileSystem("overlay"u8, out SafeFileHandle byPath, out Errno error))
        {
            byPath.Dispose();
            Add(Features.LayerAppend, FeatureStatus.Unknown, Answer("fsopen", error));
            Add(Features.LayerDescriptors, FeatureStatus.Unknown, Answer("fsopen", error));
            return;
        }

        using (byPath)
        {
            error = Append(byPath, "l0", "l1", (context, layer) => LibC.SetText(context, "lowerdir+"u8, Utf8(stage.Path(layer))));
            Add(Features.LayerAppend, OptionStatus(error), Answer("fsconfig with lowerdir+ twice", error));
        }

        LibC.TryOpenFileSystem("overlay"u8, out SafeFileHandle byFile, out _);
        using (byFile)
        {
            error = Append(byFile, "l0", "l1", (context, layer) => SetDirectory(context, stage.Path(layer)));
            Add(Features.LayerDescriptors, OptionStatus(error), Answer("fsconfig with lowerdir+ and an open directory, twice", error));
        }
    }

    private static Errno Append(SafeFileHandle context, string first, string second, Func<SafeFileHandle, string, Errno> append)
    {
        Errno error = append(context, first);
        if (!error.IsError)
            error = append(context, second);
        return error.IsError ? error : LibC.CreateFileSystem(context);
    }

    private static Errno SetDirectory(SafeFileHandle context, string path)
    {
        bool isOpen = LibC.TryOpen(Utf8(path), OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle opened, out Errno error);
        using SafeFileHandle directory = opened;
        return isOpen ? LibC.SetFile(context, "lowerdir+"u8, directory) : error;
    }
}
