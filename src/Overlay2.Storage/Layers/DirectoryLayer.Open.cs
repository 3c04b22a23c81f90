using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <content>Directories that are kept open.</content>
public sealed partial class DirectoryLayer
{
    private readonly Lock _gate = new();

    /// <summary>The directory that was opened last: who looks at one name often looks at its neighbours.</summary>
    private (LayerObject Directory, SharedHandle Handle)? _kept;

    /// <summary>Opens an object without access to its data (O_PATH); a directory is kept open for the next caller.</summary>
    private bool TryOpenPath(LayerObject at, [NotNullWhen(true)] out SharedHandle? handle, out Errno error)
    {
        lock (_gate)
        {
            if (_kept is { } kept && kept.Directory == at)
            {
                error = default;
                handle = kept.Handle.Share();
                return true;
            }

            bool isOpen = _directory.TryOpenFile(at.Path.Span, OpenFlags.Path | OpenFlags.NoFollow, Links, out SafeFileHandle opened, out error);
            handle = isOpen ? new SharedHandle(opened) : null;
            if (handle is null)
                return false;
            if (at.Type != Simulation.FileType.Directory)
                return true;
            _kept?.Handle.Dispose();
            _kept = (at, handle.Share());
            return true;
        }
    }
}
