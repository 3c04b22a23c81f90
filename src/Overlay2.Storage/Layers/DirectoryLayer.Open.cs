using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Interop;
using FileStatus = Overlay2.Storage.Interop.FileStatus;
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

            bool isOpen = TryOpenAbove(at, out SafeFileHandle? opened, out error);
            if (!isOpen)
            {
                using Near near = FindNear(at);
                isOpen = near.From.TryOpenFile(near.Path, OpenFlags.Path | OpenFlags.NoFollow, Links, out opened, out error);
            }

            handle = isOpen ? new SharedHandle(opened!) : null;
            if (handle is null)
                return false;
            if (at.Type != Simulation.FileType.Directory)
                return true;
            _kept?.Handle.Dispose();
            _kept = (at, handle.Share());
            return true;
        }
    }

    /// <summary>Opens the directory above the one that is kept, if that is the one meant: so the way back in a deep tree costs no walk from its top.</summary>
    private bool TryOpenAbove(LayerObject at, [NotNullWhen(true)] out SafeFileHandle? opened, out Errno error)
    {
        (opened, error) = (null, default);
        if (_kept is not { } kept || kept.Directory.Parent != at || !LibC.TryOpenAt(kept.Handle.File, ".."u8, OpenFlags.Path | OpenFlags.Directory, out opened, out error))
            return false;

        // Somebody may have moved the directory meanwhile, and then above it is another one.
        if (LibC.TryStatx(opened, Wanted, out FileStatus status, out error) && status.Inode == at.Inode && IsOfLayer(status))
            return true;
        opened.Dispose();
        opened = null;
        return false;
    }

    /// <summary>The open directory from which an object is reached soonest. What is deep would otherwise be walked to from the top of the layer each time.</summary>
    private Near FindNear(LayerObject at)
    {
        lock (_gate)
        {
            if (_kept is { } kept && (kept.Directory == at || kept.Directory == at.Parent))
                return new Near(_directory.From(kept.Handle.File), kept.Handle.Share(), kept.Directory == at ? default : at.Name.Span);
            return new Near(_directory, null, at.Path.Span);
        }
    }

    private readonly ref struct Near(RootedDirectory from, SharedHandle? held, ReadOnlySpan<byte> path)
    {
        public RootedDirectory From { get; } = from;

        public ReadOnlySpan<byte> Path { get; } = path;

        public void Dispose() => held?.Dispose();
    }
}
