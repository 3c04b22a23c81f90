using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation;

public sealed partial class OverlaySimulator
{
    /// <summary>name_to_handle_at(2): needs nfs_export; an object may be copied up so that its handle can be opened later.</summary>
    /// <param name="path">The object; a symbolic link is not followed.</param>
    /// <returns>The handle, in the form overlayfs gives it.</returns>
    public OperationResult<ByteString> EncodeHandle(BytePath path)
    {
        ByteString handle = default;
        LinuxError error = Walk(path, follow: false, out OverlayDentry dentry);
        if (error == LinuxError.OK)
            error = _mount.EncodeHandle(dentry, out handle);
        return Finish(error, handle);
    }

    /// <summary>open_by_handle_at(2) with O_PATH, then fstat(2).</summary>
    /// <param name="handle">A handle of <see cref="EncodeHandle"/>.</param>
    public OperationResult<FileStatus?> StatHandle(ByteString handle)
    {
        LinuxError error = _mount.DecodeHandle(handle, out OverlayDentry? dentry);
        FileStatus? status = null;
        if (error == LinuxError.OK)
        {
            OverlayMount.Pin(dentry!);
            status = StatusOf(dentry!);
            _mount.Unpin(dentry!);
        }

        return Finish(error, status);
    }
}
