using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;

namespace Overlay2.Storage.Engines;

/// <summary>An engine as one value: where its stores are, how they are read, and in what it differs from the others.</summary>
/// <remarks>Immutable and thread-safe. A further engine is a folder beside those of the others, and a line in the table of engines.</remarks>
public abstract class StorageEngine
{
    private protected StorageEngine()
    {
    }

    /// <summary>Which software lays the stores out.</summary>
    public abstract LayerStoreKind Kind { get; }

    /// <summary>The name of the software, for showing.</summary>
    public abstract string Name { get; }

    /// <summary>The name of the driver home in the engine's root directory.</summary>
    public abstract BytePath DriverHomeName { get; }

    /// <summary>The most layers below one that the engine mounts.</summary>
    public virtual int MostLayers => 500;

    /// <summary>Whether its stores have the layout of the overlay2 driver: layers with <c>link</c> and <c>lower</c> files, and short links.</summary>
    public virtual bool HasOverlayDriverLayout => false;

    /// <summary>Whether the engine makes a missing short link again, at the next mount of a container above it.</summary>
    public virtual bool RemakesShortLinks => false;

    /// <summary>Whether the engine takes the kernel's mark of a volatile mount away before it mounts.</summary>
    public virtual bool ClearsVolatileMarks => false;

    /// <summary>Whether a snapshot's parts about configuration and the engine's own answer are those of this engine.</summary>
    public virtual bool IsConfigured => false;

    /// <summary>Whether an engine's root directory with nothing in it tells of no engine: another program makes one for its own ends.</summary>
    public virtual bool MayBeEmpty => false;

    /// <summary>The directory that holds a directory for each layer.</summary>
    /// <param name="home">The driver home.</param>
    public virtual BytePath LayersDirectoryOf(BytePath home) => home;

    /// <summary>The path by which an overlay is known as the mount of a layer: it is in that layer's directory.</summary>
    /// <param name="mountPoint">Where the overlay is mounted.</param>
    /// <param name="upper">Its upper directory, as the one who mounted gave it; empty where it has none.</param>
    public virtual BytePath LayerPathOf(BytePath mountPoint, BytePath upper) => mountPoint;

    /// <summary>The driver home that an overlay tells of by itself, since the engine mounts just so.</summary>
    /// <param name="mountPoint">Where the overlay is mounted.</param>
    /// <param name="upper">Its upper directory, as the one who mounted gave it; empty where it has none.</param>
    /// <param name="home">The driver home.</param>
    public virtual bool TryGetHome(BytePath mountPoint, BytePath upper, out BytePath home)
    {
        home = default;
        return false;
    }

    /// <summary>The file names of the programs whose command lines tell of places.</summary>
    internal virtual ImmutableArray<string> Programs => [];

    /// <summary>Whether a process of that name is one of the engine, or says so.</summary>
    /// <param name="program">The name of its program.</param>
    public bool RunsAs(ByteString program) => Programs.Any(name => program == ByteString.FromText(name));

    /// <summary>Directories whose file systems matter on a host also where no store is found.</summary>
    internal virtual ImmutableArray<BytePath> MeasuredDirectories => [];

    /// <summary>The places where stores may be: those that are configured or usual first, then those of running engines and of mounts. Places may be told several times.</summary>
    /// <param name="search">What the host tells.</param>
    internal abstract IEnumerable<FoundPlace> FindPlaces(EngineSearch search);

    /// <summary>A place that the caller named by its root directory, with what the host says of the engine's other directories.</summary>
    /// <param name="named">The place, without symbolic links.</param>
    /// <param name="search">What the host tells.</param>
    internal virtual StoreLocation Complete(StoreLocation named, EngineSearch search) => named;

    /// <summary>Driver homes at the engine's usual place that hold something, those of other drivers than this library reads included.</summary>
    /// <param name="host">The host's root directory.</param>
    internal virtual IReadOnlyList<BytePath> FindUsualHomes(RootedDirectory host) => [];

    /// <summary>Reads a store whose root directory is there.</summary>
    /// <param name="location">Where the store is.</param>
    /// <param name="host">The host's root directory, for stores that have further places.</param>
    /// <param name="tree">The engine's root directory.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    internal abstract ILayerStore Read(StoreLocation location, RootedDirectory host, IFileTree tree, StoreReadOptions options, CancellationToken cancellationToken);

    /// <summary>A store of which nothing could be read.</summary>
    /// <param name="location">Where it was looked for.</param>
    /// <param name="problem">Why nothing could be read.</param>
    internal abstract ILayerStore Unread(StoreLocation location, StoreProblem problem);

    /// <summary>The name of the member that holds a store of this engine in a snapshot file.</summary>
    internal abstract string FileMember { get; }

    /// <summary>The type of this engine's stores.</summary>
    internal abstract Type StoreType { get; }

    /// <summary>How <see cref="StoreType"/> is written and read: generated, with texts for enumerations. Names and strictness are those of the whole file.</summary>
    internal abstract IJsonTypeInfoResolver FileTypes { get; }

    /// <summary>Words that are the same on every host with this engine, for a redaction to leave as they are: names of programs, directories, files, states; between blanks.</summary>
    internal virtual string WellKnownNames => "";

    /// <summary>The kind's name.</summary>
    public sealed override string ToString() => Name;
}
