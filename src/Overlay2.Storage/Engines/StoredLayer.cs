using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>A layer directory of any engine's store.</summary>
/// <remarks>Immutable and thread-safe. Paths are those on the host, below the host root.</remarks>
public abstract record StoredLayer
{
    /// <summary>The name of the layer's directory, which is its id for the driver.</summary>
    public required ByteString Id { get; init; }

    /// <summary>The layer's directory.</summary>
    public required BytePath Directory { get; init; }

    /// <summary>What the directory of the layer's files is (<see cref="DiffPath"/>); a directory in a whole layer.</summary>
    public StoreEntryType Diff { get; init; }

    /// <summary>What the work directory is (<see cref="WorkPath"/>); a directory, or missing in a layer that is never mounted as upper.</summary>
    public StoreEntryType Work { get; init; }

    /// <summary>Whether the layer is finished and will not be written any more.</summary>
    public bool IsCommitted { get; init; }

    /// <summary>What is left in the work directory.</summary>
    public WorkDirectoryContent WorkContent { get; init; } = WorkDirectoryContent.Empty;

    /// <summary>The directory that holds the layer's files: upperdir or one of the lowerdirs of a mount.</summary>
    [JsonIgnore]
    public abstract BytePath DiffPath { get; }

    /// <summary>The directory that is the layer's workdir when it is mounted as upper.</summary>
    [JsonIgnore]
    public abstract BytePath WorkPath { get; }

    /// <summary>When the layer's directory was changed last; <see langword="null"/> where the source holds no times.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The inode of the layer's directory; <see langword="null"/> where the source holds none.</summary>
    public ulong? Inode { get; init; }
}
