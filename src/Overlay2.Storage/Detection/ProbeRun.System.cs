using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using static Overlay2.Storage.Detection.ProbeStage;

namespace Overlay2.Storage.Detection;

/// <content>What the rest of the kernel can do for mounts.</content>
internal sealed partial class ProbeRun
{
    private void TrySystem()
    {
        LibC.TryListMounts(0, 0, stackalloc ulong[1], out _, out Errno error);
        AddSystem("listmount", "Mounts can be listed by listmount(2).", "listmount", error);
        ulong id = LibC.TryStatx(LibC.CurrentDirectory, "/"u8, 0, StatusMask.UniqueMountId, out FileStatus status, out _) ? status.MountId : 0;
        AddSystem("statmount", "One mount can be asked for by statmount(2).", "statmount of /", LibC.StatMount(id, 0, MountStatusMask.Mount, new byte[1024]));
        TryMountEvents();
        bool isOpen = LibC.TryOpenFileSystem("tmpfs"u8, out SafeFileHandle context, out error);
        context.Dispose();
        AddSystem("mount-api", "File systems can be mounted by fsopen(2) and its fellows.", "fsopen", isOpen ? default : error);
        Add("unprivileged-mount", ProbeScope.System, "A user without privileges can mount overlays in a user namespace of his own.",
            FeatureStatus.Unknown, "not tried: it takes a program that runs in a user namespace; the limits and the release say what is to be expected");
    }

    private void TryMountEvents()
    {
        Errno error = Errno.ENOENT;
        if (LibC.TryOpen("/proc/thread-self/ns/mnt"u8, OpenFlags.ReadOnly, out SafeFileHandle opened, out error))
        {
            LibC.TryOpenMountEvents(opened, out SafeFileHandle events, out error);
            events.Dispose();
        }

        opened.Dispose();
        Add("mount-events", ProbeScope.System, "fanotify(7) tells which mounts come and go.",
            error.IsError ? (error == Errno.EINVAL || error == Errno.ENOSYS ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes,
            Answer("fanotify with FAN_REPORT_MNT on the namespace", error));
    }

    private void AddSystem(string id, string description, string call, Errno error) =>
        Add(id, ProbeScope.System, description, error.IsError ? (error == Errno.ENOSYS ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes, Answer(call, error));

    /// <summary>A layer whose ids are mapped by the user namespace of a child process.</summary>
    private void TryIdmappedLayers()
    {
        const uint LongestLife = 2;
        if (!LibC.TryStartSleeper(LongestLife, out int child, out Errno error))
        {
            Add(OverlayFeatures.IdmappedLayers, FeatureStatus.Unknown, Answer("a child process in a user namespace", error));
            return;
        }

        try
        {
            using ProbeStage stage = NewStage();
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

            if (error.IsError)
            {
                Add(OverlayFeatures.IdmappedLayers, FeatureStatus.Unknown, Answer(step, error));
                return;
            }

            Errno answer = stage.MountAt("m", $"lowerdir={stage.Path("l1")},upperdir={stage.Upper},workdir={stage.Path("w")}");
            Add(OverlayFeatures.IdmappedLayers, answer.IsError ? (answer == Errno.EINVAL ? FeatureStatus.No : FeatureStatus.Unknown) : FeatureStatus.Yes,
                Answer("mount with an idmapped lower", answer));
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
