using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Simulation;
using FileStatus = Overlay2.Storage.Interop.FileStatus;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <summary>A directory on disk as a layer of an overlay, read when asked and never changed.</summary>
/// <remarks>
/// <para>Nothing is read before it is asked for; what is asked for again is read again. No symbolic link is followed and no mount
/// below the directory entered, so nothing outside is ever opened (openat2(2) with RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS and
/// RESOLVE_NO_XDEV; on a kernel without it, a walk component by component). Devices, pipes and sockets are never opened.
/// Access times are left alone where the caller may ask for that (O_NOATIME).</para>
/// <para>What cannot be read is a <see cref="LayerProblem"/>, never an exception. Attributes of objects that cannot be opened are read
/// through /proc. Thread-safe.</para>
/// </remarks>
public sealed partial class DirectoryLayer : IDisposable
{
    private const LinkRule Links = LinkRule.RefuseAndStayOnMount;
    private const uint Wanted = StatusMask.Basic | StatusMask.MountId;

    private readonly RootedDirectory _directory;
    private readonly ulong _mountId;

    private DirectoryLayer(BytePath path, RootedDirectory directory, in FileStatus status)
    {
        Path = path;
        _directory = directory;
        _mountId = status.MountId;
        DeviceId = ((ulong)status.DeviceMajor << 32) | status.DeviceMinor;
        Root = new LayerObject(null, default, status);
    }

    /// <summary>The directory, as it was named.</summary>
    public BytePath Path { get; }

    /// <summary>The root of the layer, as it was when the layer was opened.</summary>
    public LayerObject Root { get; }

    /// <summary>The device of the file system (st_dev): major in the upper, minor in the lower half.</summary>
    public ulong DeviceId { get; }

    /// <summary>Opens a directory as a layer. On the way to it symbolic links are followed, as a mount does.</summary>
    /// <param name="path">The directory.</param>
    public static LayerResult<DirectoryLayer> Open(BytePath path) =>
        RootedDirectory.TryOpen(path.Span, out RootedDirectory? directory, out Errno error) ? Take(path, directory!) : new(Problem(path, error));

    /// <summary>Opens a directory below another root directory, as a process in it would.</summary>
    /// <param name="root">The root directory: <c>/host</c>, <c>/proc/123/root</c>.</param>
    /// <param name="path">The directory, from that root; symbolic links on the way do not lead out of it.</param>
    public static LayerResult<DirectoryLayer> Open(BytePath root, BytePath path)
    {
        if (!RootedDirectory.TryOpen(root.Span, out RootedDirectory? top, out Errno error))
            return new(Problem(root, error));
        using (top)
        {
            return top!.TryOpenDirectory(path.Span, LinkRule.FollowInside, out RootedDirectory? directory, out error)
                ? Take(path, directory!)
                : new(Problem(path, error));
        }
    }

    /// <summary>Looks at one object.</summary>
    /// <param name="path">Its path from the root of the layer; empty for the root. A symbolic link on the way is ELOOP.</param>
    public LayerResult<LayerObject> Find(BytePath path)
    {
        LayerResult<LayerObject> found = new(Root);
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            found = Find(found.Value!, new ByteString(component));
            if (!found.IsRead)
                return found;
        }

        return found;
    }

    /// <summary>Looks at one name in a directory of the layer.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name: one component, not <c>..</c>.</param>
    public LayerResult<LayerObject> Find(LayerObject directory, ByteString name)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (name.IsEmpty || name.Span.Contains((byte)'/') || name.Span is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return new(Problem(directory, name, LayerOperation.Status, Errno.EINVAL));
        if (!TryOpenPath(directory, out SharedHandle? handle, out Errno error))
            return new(Problem(directory, name, LayerOperation.Open, error));
        using (handle)
            return Look(handle.File, directory, name);
    }

    /// <summary>Reads a directory, a part at a time.</summary>
    /// <param name="directory">A directory of the layer.</param>
    /// <returns>Its entries in no order, <c>.</c> and <c>..</c> not among them; a problem for each that cannot be looked at.</returns>
    public IEnumerable<LayerResult<LayerObject>> Enumerate(LayerObject directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return Entries(directory);
    }

    /// <summary>Reads everything below a directory; each directory comes before what it holds.</summary>
    /// <param name="directory">A directory of the layer; it is not among the results.</param>
    public IEnumerable<LayerResult<LayerObject>> Walk(LayerObject directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return WalkDown(directory);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        lock (_gate)
        {
            _kept?.Handle.Dispose();
            _kept = null;
        }
    }

    private IEnumerable<LayerResult<LayerObject>> WalkDown(LayerObject top)
    {
        Stack<LayerObject> pending = new([top]);
        while (pending.TryPop(out LayerObject? directory))
        {
            foreach (LayerResult<LayerObject> entry in Entries(directory))
            {
                if (entry.Value is { Type: FileType.Directory } below)
                    pending.Push(below);
                yield return entry;
            }
        }
    }

    /// <summary>Reads only the names of a directory.</summary>
    internal IEnumerable<LayerResult<ByteString>> Names(LayerObject directory) => Entries(directory, static (_, _, name) => new LayerResult<ByteString>(name));

    private IEnumerable<LayerResult<LayerObject>> Entries(LayerObject directory) => Entries(directory, Look);

    private IEnumerable<LayerResult<T>> Entries<T>(LayerObject directory, Func<SafeFileHandle, LayerObject, ByteString, LayerResult<T>> make)
    {
        bool isOpen = TryOpenToRead(directory, out SafeFileHandle handle, out Errno error);
        using (handle)
        {
            if (!isOpen)
            {
                yield return new(Problem(directory, LayerOperation.Open, error));
                yield break;
            }

            List<LayerResult<T>> part = [];
            bool goesOn;
            do
            {
                part.Clear();
                goesOn = TryReadPart(handle, name => make(handle, directory, name), part, out error);
                foreach (LayerResult<T> entry in part)
                    yield return entry;
            }
            while (goesOn);

            if (error.IsError)
                yield return new(Problem(directory, LayerOperation.List, error));
        }
    }

    private bool TryOpenToRead(LayerObject directory, out SafeFileHandle handle, out Errno error)
    {
        using Near near = FindNear(directory);
        return near.From.TryOpenToRead(near.Path, OpenFlags.Directory, Links, out handle, out error);
    }

    /// <summary>Adds the next entries.</summary>
    /// <returns><see langword="false"/> at the end, and where an error ends it.</returns>
    private static bool TryReadPart<T>(SafeFileHandle handle, Func<ByteString, LayerResult<T>> make, List<LayerResult<T>> part, out Errno error)
    {
        using DirectoryReader reader = new(handle);
        while ((part.Count == 0 || reader.HasMoreAtHand) && reader.Read())
            part.Add(make(new ByteString(reader.Name)));
        error = reader.Error;
        return part.Count > 0 && !error.IsError;
    }

    /// <summary>Looks at a name in an open directory; what is not on the layer's own mount is not part of it.</summary>
    private LayerResult<LayerObject> Look(SafeFileHandle handle, LayerObject directory, ByteString name)
    {
        if (!LibC.TryStatx(handle, name.Span, AtFlags.NoFollow | AtFlags.NoAutomount, Wanted, out FileStatus status, out Errno error))
            return new(Problem(directory, name, LayerOperation.Status, error));
        return IsOfLayer(status) ? new(new LayerObject(directory, name, status)) : new(Problem(directory, name, LayerOperation.Status, Errno.EXDEV));
    }

    private bool IsOfLayer(in FileStatus status) => (status.Mask & StatusMask.MountId) == 0 || status.MountId == _mountId;

    private static LayerResult<DirectoryLayer> Take(BytePath path, RootedDirectory directory)
    {
        if (directory.TryGetStatus(default, Links, out FileStatus status, out Errno error))
            return new(new DirectoryLayer(path, directory, status));
        directory.Dispose();
        return new(Problem(path, error));
    }

    private static LayerProblem Problem(BytePath path, Errno error) => new(path, default, LayerOperation.Open, (LinuxError)error.Value);

    private LayerProblem Problem(LayerObject at, LayerOperation operation, Errno error) => new(Path, at.Path, operation, (LinuxError)error.Value);

    private LayerProblem Problem(LayerObject directory, ByteString name, LayerOperation operation, Errno error) =>
        new(Path, directory.Path.Combine(new BytePath(name)), operation, (LinuxError)error.Value);
}
