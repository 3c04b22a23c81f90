using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Simulation;
using OpenFlags = Overlay2.Storage.Interop.OpenFlags;

namespace Overlay2.Storage.Layers;

/// <content>What objects hold.</content>
public sealed partial class DirectoryLayer
{
    /// <summary>Reads the extended attributes of an object that the caller may see, the marks of overlayfs among them.</summary>
    /// <param name="at">An object of the layer.</param>
    /// <returns>The attributes by full name. One that goes away meanwhile is left out; where the file system has none, there are none.</returns>
    public LayerResult<ImmutableSortedDictionary<ByteString, ByteString>> ReadAttributes(LayerObject at)
    {
        ArgumentNullException.ThrowIfNull(at);
        var attributes = ImmutableSortedDictionary.CreateBuilder<ByteString, ByteString>();
        LayerProblem? problem = ReadAttributes(at, (name, value) => attributes[name] = ByteString.Wrap(value));
        return problem is null ? new(attributes.ToImmutable()) : new(problem);
    }

    /// <summary>Reads where a symbolic link leads; it is not followed.</summary>
    /// <param name="at">A symbolic link of the layer.</param>
    public LayerResult<BytePath> ReadLink(LayerObject at)
    {
        ArgumentNullException.ThrowIfNull(at);
        using Near near = FindNear(at);
        return near.From.TryReadLink(near.Path, Links, out byte[] target, out Errno error)
            ? new(new BytePath(ByteString.Wrap(target)))
            : new(Problem(at, LayerOperation.Link, error));
    }

    /// <summary>Finds the data of a regular file, without reading it (SEEK_DATA, SEEK_HOLE).</summary>
    /// <param name="at">A regular file of the layer.</param>
    /// <returns>Ranges of bytes in order, apart from each other; a file system that knows no holes gives one for the whole file.</returns>
    public LayerResult<ImmutableArray<LayerRange>> ReadDataRanges(LayerObject at)
    {
        ArgumentNullException.ThrowIfNull(at);
        if (!TryOpenRegular(at, out SafeFileHandle? handle, out Errno error))
            return new(Problem(at, LayerOperation.Ranges, error));
        using (handle)
        {
            var ranges = ImmutableArray.CreateBuilder<LayerRange>();
            long end = 0;
            while (LibC.TrySeek(handle, end, data: true, out long start, out error))
            {
                if (!LibC.TrySeek(handle, start, data: false, out end, out error))
                    break;
                ranges.Add(new LayerRange(start, end));
            }

            return error == Errno.ENXIO ? new(ranges.ToImmutable()) : new(Problem(at, LayerOperation.Ranges, error));
        }
    }

    /// <summary>Reads bytes of a regular file.</summary>
    /// <param name="at">A regular file of the layer.</param>
    /// <param name="offset">Where to start.</param>
    /// <param name="buffer">Filled as far as the file reaches.</param>
    /// <returns>How many bytes were read.</returns>
    public LayerResult<int> Read(LayerObject at, long offset, Span<byte> buffer)
    {
        ArgumentNullException.ThrowIfNull(at);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (!TryOpenRegular(at, out SafeFileHandle? handle, out Errno error))
            return new(Problem(at, LayerOperation.Read, error));
        using (handle)
            return BoundedFile.TryReadAt(handle, offset, buffer, out int length, out error) ? new(length) : new(Problem(at, LayerOperation.Read, error));
    }

    /// <summary>The type and bytes of the file handle; <see langword="null"/> where the file system has none.</summary>
    internal SourceHandle? ReadHandle(LayerObject at)
    {
        if (!TryOpenPath(at.Parent ?? at, out SharedHandle? handle, out _))
            return null;
        using (handle)
            return LibC.TryGetFileHandle(handle.File, at.Name.Span, out int type, out byte[] bytes, out _) ? new SourceHandle((byte)type, bytes) : null;
    }

    /// <summary>What room the file system of the layer has.</summary>
    internal bool TryGetSpace(out FileSystemStatus space)
    {
        space = default;
        if (!TryOpenPath(Root, out SharedHandle? handle, out _))
            return false;
        using (handle)
            return LibC.TryGetSpace(handle.File, out space, out _);
    }

    /// <summary>Asks for the UUID of the file system, which kernels before 6.9 do not tell.</summary>
    internal bool TryReadUuid(out byte[] uuid)
    {
        uuid = [];
        bool isOpen = _directory.TryOpenToRead(default, OpenFlags.Directory, Links, out SafeFileHandle handle, out _);
        using (handle)
            return isOpen && LibC.TryGetFileSystemUuid(handle, out uuid, out _);
    }

    internal LayerProblem? ReadAttributes(LayerObject at, Action<ByteString, byte[]> add)
    {
        // Attributes of an object that must not be opened are reached by name in its directory, through the link of /proc to that.
        if (!TryOpenPath(at.Parent ?? at, out SharedHandle? directory, out Errno error))
            return Problem(at, LayerOperation.Attributes, error);
        using (directory)
        {
            byte[] path = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{directory.File.DangerousGetHandle()}/")), .. at.Parent is null ? "."u8 : at.Name.Span];
            if (!LibC.TryListExtendedAttributes(path, out byte[] names, out error))
                return error == Errno.EOPNOTSUPP ? null : Problem(at, LayerOperation.Attributes, error);
            for (ReadOnlySpan<byte> rest = names; !rest.IsEmpty;)
            {
                int length = rest.IndexOf((byte)0);
                ReadOnlySpan<byte> name = length < 0 ? rest : rest[..length];
                rest = length < 0 ? default : rest[(length + 1)..];
                if (LibC.TryGetExtendedAttribute(path, name, out byte[] value, out error))
                    add(new ByteString(name), value);
                else if (error != Errno.ENODATA && error != Errno.EOPNOTSUPP)
                    return Problem(at, LayerOperation.Attributes, error);
            }

            return null;
        }
    }

    /// <summary>Opens a regular file; anything else, also what took its place meanwhile, is EINVAL and left alone.</summary>
    private bool TryOpenRegular(LayerObject at, [NotNullWhen(true)] out SafeFileHandle? handle, out Errno error)
    {
        (handle, error) = (null, Errno.EINVAL);
        using Near near = FindNear(at);
        return at.Type == FileType.Regular && near.From.TryOpenRegular(near.Path, Links, out handle, out _, out error);
    }
}
