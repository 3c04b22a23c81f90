using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;

namespace Overlay2.Storage.Snapshots;

public sealed partial record StorageSnapshot
{
    private const int MaxRecordLength = 256 << 20;
    private const int MaxTextLength = 16 << 20;
    private const int MaxLogLines = 100_000;

    private static readonly BytePath s_fstab = BytePath.FromText("/etc/fstab");

    /// <summary>Puts a snapshot together from files of a host that is not at hand. What is not given is not known.</summary>
    /// <param name="files">The files.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The snapshot; a file that cannot be read or understood leaves its part failed, with the reason.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static StorageSnapshot FromFiles(SnapshotFiles files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        StorageSnapshot store = ReadStore(files, cancellationToken);
        return SnapshotSecrets.Apply(store with
        {
            Mounts = ReadMounts(files.MountInfo),
            Configuration = ReadConfiguration(files.Configuration),
            ConfiguredMounts = ReadFstab(files.Configuration),
            Engine = ReadFile(files.EngineInfo, EngineInfo.Parse),
            Kernel = ReadFile(files.KernelProfile, json => KernelProfile.Parse(json.Span)),
            Log = ReadLogs(files),
        });
    }

    private static SnapshotPart<MountTable> ReadMounts(BytePath file) => file.IsEmpty
        ? SnapshotPart.NotTaken<MountTable>()
        : SnapshotPart.Try(() => MountTable.Load(MountTableSource.File(file), new MountTableLoadOptions { Lenient = true }));

    private static StorageSnapshot ReadStore(SnapshotFiles files, CancellationToken cancellationToken)
    {
        if (files.Store.IsEmpty)
            return new StorageSnapshot();

        if (BoundedFile.TryRead(files.Store.Span, MaxRecordLength, out byte[] content, out Errno error))
        {
            try
            {
                RecordedFileTree recorded = RecordedFileTree.Parse(Decompress(content));
                return ReadStore(recorded, files.DataRoot.IsEmpty ? recorded.Root : files.DataRoot, cancellationToken);
            }
            catch (Exception e) when (e is JsonException or InvalidDataException)
            {
                return Failed($"{files.Store}: {e.Message}");
            }
        }

        // What is no regular file is a directory, or nothing.
        if (error != Errno.EINVAL)
            return Failed($"{files.Store}: {error}");
        if (!LiveFileTree.TryOpen(BytePath.Root, FullPath(files.Store), out LiveFileTree? tree, out StoreProblem? problem))
            return Failed(problem.ToString());
        using (tree)
            return ReadStore(tree, files.DataRoot.IsEmpty ? DockerNames.DefaultRoot : files.DataRoot, cancellationToken);

        static StorageSnapshot Failed(string reason) => new()
        {
            Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>(reason),
            DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>(reason),
            Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>(reason),
        };
    }

    private static StorageSnapshot ReadStore(IFileTree tree, BytePath dataRoot, CancellationToken cancellationToken)
    {
        var store = DockerClassicStore.Read(tree, dataRoot, StoreReadOptions.Default, cancellationToken);
        return new StorageSnapshot
        {
            Stores = SnapshotPart.Known(ImmutableArray.Create<ILayerStore>(store)),
            StorePlaces = SnapshotPart.Known(ImmutableArray.Create(new SearchedStorePlace(store.Kind, dataRoot, StorePlaceOrigin.Named, StorePlaceOutcome.Found))),
            DriverHomes = FindDriverHomes(tree, store),
            Uppers = SnapshotPart.Known(new UpperScanner(tree, StoreReadOptions.Default.MaxScannedEntries, cancellationToken).Scan(store, all: true)),
        };
    }

    internal static SnapshotPart<ImmutableArray<BytePath>> FindDriverHomes(IFileTree tree, ILayerStore store) => store.TryFindDriverHomes(tree, out ImmutableArray<BytePath> homes, out StoreProblem? problem)
        ? SnapshotPart.Known(homes)
        : SnapshotPart.Failed<ImmutableArray<BytePath>>(problem.ToString());

    private static SnapshotPart<EngineConfigurationFiles> ReadConfiguration(BytePath root) => root.IsEmpty
        ? SnapshotPart.NotTaken<EngineConfigurationFiles>()
        : SnapshotPart.Try(() => EngineConfigurationFiles.Read(root));

    internal static SnapshotPart<ImmutableArray<ConfiguredMount>> ReadFstab(BytePath root)
    {
        if (root.IsEmpty)
            return SnapshotPart.NotTaken<ImmutableArray<ConfiguredMount>>();
        if (!RootedDirectory.TryOpen(root.Span, out RootedDirectory? opened, out Errno error))
            return SnapshotPart.Failed<ImmutableArray<ConfiguredMount>>($"{root}: {error}");
        using RootedDirectory directory = opened!;
        if (BoundedFile.TryRead(directory, s_fstab.Span, MaxTextLength, out byte[] text, out error))
            return SnapshotPart.Known(ConfiguredMount.ParseFstab(text, s_fstab));
        return error == Errno.ENOENT || error == Errno.ENOTDIR
            ? SnapshotPart.NotTaken<ImmutableArray<ConfiguredMount>>()
            : SnapshotPart.Failed<ImmutableArray<ConfiguredMount>>($"{s_fstab}: {error}");
    }

    private static SnapshotPart<T> ReadFile<T>(BytePath file, Func<ReadOnlyMemory<byte>, T> parse)
        where T : notnull
    {
        if (file.IsEmpty)
            return SnapshotPart.NotTaken<T>();
        if (!BoundedFile.TryRead(file.Span, MaxTextLength, out byte[] content, out Errno error))
            return SnapshotPart.Failed<T>($"{file}: {error}");
        try
        {
            return SnapshotPart.Known(parse(content));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            return SnapshotPart.Failed<T>($"{file}: {e.Message}");
        }
    }

    private static SnapshotPart<ImmutableArray<LogLine>> ReadLogs(SnapshotFiles files)
    {
        if (files.KernelLog.IsEmpty && files.EngineLog.IsEmpty)
            return SnapshotPart.NotTaken<ImmutableArray<LogLine>>();

        var lines = ImmutableArray.CreateBuilder<LogLine>();
        foreach ((BytePath file, LogSource source) in new[] { (files.KernelLog, LogSource.Kernel), (files.EngineLog, LogSource.Engine) })
        {
            if (file.IsEmpty)
                continue;
            bool isRead = KernelLogDevice.Is(file) ? KernelLogDevice.TryRead(file, MaxTextLength, out byte[] text, out Errno error) : BoundedFile.TryRead(file.Span, MaxTextLength, out text, out error);
            if (!isRead)
                return SnapshotPart.Failed<ImmutableArray<LogLine>>($"{file}: {error}");
            foreach (Range range in text.AsSpan().Split((byte)'\n'))
            {
                ReadOnlySpan<byte> line = text.AsSpan()[range].TrimEnd((byte)'\r');
                if (line.IsEmpty)
                    continue;
                if (lines.Count == MaxLogLines)
                    return SnapshotPart.Failed<ImmutableArray<LogLine>>($"{file}: more than {MaxLogLines} lines");
                lines.Add(new LogLine(source, Time: null, new ByteString(line)));
            }
        }

        return SnapshotPart.Known(lines.ToImmutable());
    }

    /// <summary>A record as it is, or out of gzip.</summary>
    private static ReadOnlyMemory<byte> Decompress(byte[] content)
    {
        if (content is not [0x1f, 0x8b, ..])
            return content;
        using var zipped = new GZipStream(new MemoryStream(content, writable: false), CompressionMode.Decompress);
        return ReadToEnd(zipped, MaxRecordLength, () => new InvalidDataException($"It holds more than {MaxRecordLength} bytes."));
    }

    /// <summary>The way to a store's directory is gone without links, and <c>/proc/self/cwd</c> is one.</summary>
    private static BytePath FullPath(BytePath path) =>
        path.IsAbsolute ? path
        : LibC.TryReadLink(LibC.CurrentDirectory, "/proc/self/cwd"u8, out byte[] directory, out _) ? new BytePath(directory).Combine(path).WithoutDots()
        : path;
}
