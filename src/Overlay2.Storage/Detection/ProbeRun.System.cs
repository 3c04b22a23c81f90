using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

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
            new(FeatureStatus.Unknown, "not tried: it takes a program that runs in a user namespace; the limits and the release say what is to be expected"));
    }

    private void TryMountEvents()
    {
        if (LibC.TryOpen("/proc/thread-self/ns/mnt"u8, OpenFlags.ReadOnly, out SafeFileHandle opened, out Errno error))
        {
            LibC.TryOpenMountEvents(opened, out SafeFileHandle events, out error);
            events.Dispose();
        }

        opened.Dispose();
        Add("mount-events", ProbeScope.System, "fanotify(7) tells which mounts come and go.",
            ProbeAnswer.Of("fanotify with FAN_REPORT_MNT on the namespace", error, Errno.EINVAL, Errno.ENOSYS));
    }

    private void AddSystem(string id, string description, string call, Errno error) =>
        Add(id, ProbeScope.System, description, ProbeAnswer.Of(call, error, Errno.ENOSYS));
}
