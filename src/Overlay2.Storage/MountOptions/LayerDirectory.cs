using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>One path that overlay options name.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record LayerDirectory
{
    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory { get; init; } = true;

    /// <summary>The file system that holds it.</summary>
    public required LayerFileSystem FileSystem { get; init; }

    /// <summary>The inode numbers of the directory itself and of those above it, up to the root of its file system: they tell which
    /// layers are the same or inside one another. Empty means unrelated to all others.</summary>
    public ImmutableArray<ulong> Ancestry { get; init; } = [];

    /// <summary>Whether an overlay that is mounted has it as upper or work directory.</summary>
    public bool IsInUse { get; init; }

    /// <summary>The names of the extended attributes of the overlay on it, such as <c>trusted.overlay.origin</c>.</summary>
    public ImmutableArray<ByteString> Marks { get; init; } = [];

    /// <summary>For an upper root with an origin mark: whether the mark is the one that a mount with these options writes: the file handle
    /// of the top lower layer, with the UUID of its file system unless <c>uuid=off</c>.</summary>
    public bool IsOriginTopLower { get; init; } = true;

    /// <summary>For a work directory: whether the marker of a volatile mount is in it (<c>work/incompat/volatile</c>).</summary>
    public bool HasVolatileMarker { get; init; }

    /// <summary>For a work directory: whether what is left in <c>work</c> can be removed by the kernel, which goes two levels deep.</summary>
    public bool IsCleanable { get; init; } = true;

    /// <summary>For a work directory: whether <c>index</c> is in it.</summary>
    public bool HasIndex { get; init; }

    /// <summary>For a work directory with an index: whether the index names the upper layer of the options.</summary>
    public bool IsIndexOfUpper { get; init; } = true;
}
