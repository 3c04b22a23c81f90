using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation;

/// <summary>One object of a layer.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record LayerEntry
{
    /// <summary>The path from the root of the layer, without a leading slash; empty for the root itself.</summary>
    public required BytePath Path { get; init; }

    /// <summary>The type.</summary>
    public required FileType Type { get; init; }

    /// <summary>The permission bits with set-user-ID, set-group-ID and sticky; those of a symbolic link are always 0777.</summary>
    public int Mode { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The group.</summary>
    public uint Gid { get; init; }

    /// <summary>The access time, nanoseconds since the epoch.</summary>
    public long AccessTime { get; init; }

    /// <summary>The modification time, nanoseconds since the epoch.</summary>
    public long ModificationTime { get; init; }

    /// <summary>The size of a regular file; may be larger than <see cref="Content"/> reaches, the rest is a hole.</summary>
    public long Size { get; init; }

    /// <summary>The data of a regular file: pieces that do not overlap, in order; what lies between them is a hole.</summary>
    public ImmutableArray<LayerData> Content { get; init; } = [];

    /// <summary>The target of a symbolic link.</summary>
    public BytePath LinkTarget { get; init; }

    /// <summary>The number of a device node; 0:0 on a character device makes a whiteout.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>The first name of the same object, for a further hard link; then only <see cref="Path"/> counts beside it.</summary>
    public BytePath? HardLinkTo { get; init; }

    /// <summary>Extended attributes by full name, the marks of overlayfs and ACLs (system.posix_acl_access) among them.</summary>
    public ImmutableSortedDictionary<ByteString, ImmutableArray<byte>> ExtendedAttributes { get; init; } =
        ImmutableSortedDictionary<ByteString, ImmutableArray<byte>>.Empty;
}
