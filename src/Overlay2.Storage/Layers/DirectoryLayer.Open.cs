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
    private (LayerObject Directory, SafeFileHandle Handle)? _kept;

    /// <summary>Opens an object without access to its data (O_PATH); a directory is kept open for the next caller.</summary>
    private bool TryOpenPath(LayerObject at, [NotNullWhen(true)] out SafeFileHandle? handle, out Errno error)
    {
        lock (_gate)
        {
            if (_kept is { } kept && kept.Directory == at)
                return TryCopy(kept.Handle, out handle, out error);
            if (!TryOpenBelow(at, OpenFlags.Path | OpenFlags.NoFollow, out handle, out error))
                return false;
            if (at.Type != Simulation.FileType.Directory || !TryCopy(handle, out SafeFileHandle? copy, out _))
                return true;
            _kept?.Handle.Dispose();
            _kept = (at, copy);
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

    private static bool TryCopy(SafeFileHandle handle, [NotNullWhen(true)] out SafeFileHandle? copy, out Errno error)
    {
        if (LibC.TryDuplicate(handle, out SafeFileHandle made, out error))
        {
            copy = made;
            return true;
        }

        made.Dispose();
        copy = null;
        return false;
    }
}
