using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <content>The only places that open something.</content>
public sealed partial class DirectoryLayer
{
    /// <summary>What openat2(2) takes at once, with room to spare; deeper objects are reached in several steps.</summary>
    private const int LongestWalk = 4000;

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

            handle = null;
            if (!TryOpenBelow(at, OpenFlags.Path | OpenFlags.NoFollow, out SafeFileHandle? opened, out error))
                return false;
            handle = new SharedHandle(opened);
            if (at.Type != Simulation.FileType.Directory)
                return true;
            _kept?.Handle.Dispose();
            _kept = (at, handle.Share());
            return true;
        }
    }

    /// <summary>Opens a file or directory for reading, without a change of its access time where the caller may ask for that.</summary>
    private bool TryOpenToRead(LayerObject at, int flags, [NotNullWhen(true)] out SafeFileHandle? handle, out Errno error)
    {
        flags |= OpenFlags.ReadOnly | OpenFlags.NonBlock | OpenFlags.NoFollow;
        return TryOpenBelow(at, flags | OpenFlags.NoAccessTime, out handle, out error)
            || (error == Errno.EPERM && TryOpenBelow(at, flags, out handle, out error));
    }

    private bool TryOpenBelow(LayerObject at, int flags, [NotNullWhen(true)] out SafeFileHandle? handle, out Errno error)
    {
        ReadOnlySpan<byte> path = at.Path.Span;
        RootedDirectory from = _directory;
        try
        {
            while (path.Length > LongestWalk)
            {
                int end = path[..LongestWalk].LastIndexOf((byte)'/');
                if (!from.TryOpenDirectory(path[..end], LinkRule.RefuseAndStayOnMount, out RootedDirectory? next, out error))
                {
                    handle = null;
                    return false;
                }

                if (from != _directory)
                    from.Dispose();
                from = next!;
                path = path[(end + 1)..];
            }

            if (from.TryOpenFile(path, flags, LinkRule.RefuseAndStayOnMount, out SafeFileHandle opened, out error))
            {
                handle = opened;
                return true;
            }

            opened.Dispose();
            handle = null;
            return false;
        }
        finally
        {
            if (from != _directory)
                from.Dispose();
        }
    }
}
