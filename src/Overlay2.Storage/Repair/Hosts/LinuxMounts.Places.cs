using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Repair.Hosts;

internal sealed partial class LinuxMounts
{
    /// <summary>Makes a directory and those above it, following no link.</summary>
    private static Errno MakeDirectories(BytePath path)
    {
        bool isOpen = LibC.TryOpen("/"u8, OpenFlags.Path | OpenFlags.Directory, out SafeFileHandle current, out Errno error);
        foreach (ReadOnlySpan<byte> name in path.GetComponents())
        {
            if (!isOpen)
                break;
            SafeFileHandle above = current;
            error = LibC.MakeDirectory(above, name, PlaceMode);
            isOpen = LibC.TryOpenAt(above, name, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, out current, out Errno opened);
            error = isOpen ? default : error.IsError && error != Errno.EEXIST ? error : opened;
            above.Dispose();
        }

        current.Dispose();
        return error;
    }

    /// <summary>Removes a directory and the directories in it; none holds anything.</summary>
    private static HostResult RemoveDirectories(BytePath place)
    {
        using Opened directory = Open(place);
        if (directory.Error.IsError)
            return directory.Error == Errno.ENOENT ? HostResult.Done : HostResult.Failed(place, directory.Error);
        if (!LibC.TryOpenAt(directory.File, "."u8, OpenFlags.ReadOnly | OpenFlags.Directory, out SafeFileHandle opened, out Errno error))
            return HostResult.Failed(place, error);
        using SafeFileHandle listed = opened;
        using DirectoryReader names = new(listed);
        Errno hindrance = default;
        while (names.Read())
        {
            if (LibC.Remove(directory.File, names.Name, isDirectory: true) is { IsError: true } failed && failed != Errno.ENOENT)
                hindrance = failed;
        }

        if (hindrance.IsError)
            return HostResult.Failed(place, hindrance);

        if (!place.TryGetParent(out BytePath parent))
            return new HostResult("the root directory is not removed");
        using Opened above = Open(parent);
        error = above.Error.IsError ? above.Error : LibC.Remove(above.File, place.FileName.Span, isDirectory: true);
        return error.IsError && error != Errno.ENOENT ? HostResult.Failed(place, error) : HostResult.Done;
    }
}
