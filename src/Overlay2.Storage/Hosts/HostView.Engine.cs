using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Hosts;

// The engine whose configuration and own answer the snapshot holds.
public sealed partial class HostView
{
    private readonly Lazy<ImmutableArray<EngineProblem>> _engineProblems;

    /// <summary>Whether anything tells of that engine on this host: a store, a running one, its own answer, or its unit. Defaults alone do not.</summary>
    public bool HasEngine =>
        Snapshot.Engine.IsKnown || KnownStores.Any(view => view.Store.Engine.IsConfigured)
        || Configuration is { IsKnown: true, Value.Origin: EngineCommandOrigin.Process or EngineCommandOrigin.Unit };

    /// <summary>Whether anything tells of any engine.</summary>
    public bool HasAnyEngine => HasEngine || KnownStores.Length > 0;

    /// <summary>The engine's major version; <see langword="null"/> where it is not known.</summary>
    public int? EngineVersion => Snapshot.Engine.TryGet(out EngineInfo? engine) ? engine.MajorVersion : null;

    /// <summary>What is wrong with the configuration in force and with the one of the next start, on this host; none where it is not known.</summary>
    public ImmutableArray<EngineProblem> EngineProblems => _engineProblems.Value;

    /// <summary>Whether directory entries of a home's file system have types; with where that comes from.</summary>
    /// <param name="home">The home.</param>
    public FeatureEvidence EntryTypesOf(DriverHome home)
    {
        ArgumentNullException.ThrowIfNull(home);
        if (FindFileSystem(home) is { EntryTypes.Status: not FeatureStatus.Unknown } fileSystem)
            return fileSystem.EntryTypes;
        if (home.Engine.IsConfigured && Snapshot.Engine.TryGet(out EngineInfo? engine) && engine.ReportsEntryTypes is { } reports)
            return new FeatureEvidence(reports ? FeatureStatus.Yes : FeatureStatus.No, "the engine's own answer");
        return home.Mount is { } mount && (mount.FileSystemType.Span.SequenceEqual("tmpfs"u8) || mount.FileSystemType.Span.SequenceEqual("btrfs"u8))
            ? new FeatureEvidence(FeatureStatus.Yes, $"{mount.FileSystemType} always has them")
            : FeatureEvidence.None;
    }

    /// <summary>How much room there is on a home's file system; <see langword="null"/> if the snapshot does not hold it.</summary>
    /// <param name="home">The home.</param>
    public SnapshotFileSystem? FindFileSystem(DriverHome home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return Snapshot.FileSystems.TryGet(out ImmutableArray<SnapshotFileSystem> all)
            ? all.FirstOrDefault(candidate => candidate.Path.IsSamePlace(home.Home)) ?? all.FirstOrDefault(candidate => candidate.Path.IsSamePlace(home.DataRoot))
            : null;
    }

    /// <summary>What decides on this host, beside a configuration, whether the engine starts and with which driver.</summary>
    /// <param name="configuration">The configuration.</param>
    public EngineHost HostOf(EngineConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        BytePath dataRoot = configuration.EngineRoot ?? new BytePath(configuration.DataRoot.Value);
        DriverHome? home = Homes.FirstOrDefault(view => view.Engine.IsConfigured && view.DataRoot.IsSamePlace(dataRoot));
        FeatureStatus entryTypes = home is null ? FeatureStatus.Unknown : EntryTypesOf(home).Status;
        FeatureStatus overlay = Snapshot.Kernel.TryGet(out KernelProfile? kernel) ? kernel[OverlayFeatures.Overlay].Status : FeatureStatus.Unknown;
        return new EngineHost
        {
            MajorVersion = EngineVersion,
            BackingFileSystem = home?.Mount?.FileSystemType ?? default,
            ReportsEntryTypes = entryTypes == FeatureStatus.Unknown ? null : entryTypes == FeatureStatus.Yes,
            HasProjectQuota = home?.Mount is { } mount ? HasProjectQuota(mount) : null,
            PriorDrivers = Snapshot.DriverHomes.TryGet(out ImmutableArray<BytePath> homes)
                ? [.. homes.Where(path => path.TryGetParent(out BytePath parent) && parent.IsSamePlace(dataRoot)).Select(path => path.FileName.ToString())]
                : [],
            Carries = overlay == FeatureStatus.No
                ? ImmutableDictionary<string, bool>.Empty.Add(KnownEngines.Configured.DriverHomeName.ToString(), value: false)
                : ImmutableDictionary<string, bool>.Empty,
        };
    }

    private ImmutableArray<EngineProblem> FindEngineProblems()
    {
        if (!Configuration.TryGet(out EngineConfiguration? configuration))
            return [];

        EngineConfiguration next = configuration.NextStart;
        List<EngineProblem> problems = [.. next.PredictStart(HostOf(next)).Problems];
        if (next != configuration)
        {
            // An engine that runs has started: what would keep it from that matters at the next start, where that is known.
            bool isNextKnown = next.Origin is EngineCommandOrigin.Unit or EngineCommandOrigin.AssumedFiles;
            problems.AddRange(configuration.PredictStart(HostOf(configuration)).Problems.Where(problem =>
                (!isNextKnown || problem.StopsNoEngine) && !problems.Exists(known => known.Kind == problem.Kind && known.Message == problem.Message)));
        }

        return [.. problems.DistinctBy(problem => (problem.Kind, problem.Message, problem.Sources.IsEmpty ? default : problem.Sources[0].Path))];
    }

    private static bool HasProjectQuota(MountEntry mount)
    {
        foreach (Range option in mount.SuperOptions.Span.Split((byte)','))
        {
            ReadOnlySpan<byte> text = mount.SuperOptions.Span[option];
            if (text.SequenceEqual("prjquota"u8) || text.SequenceEqual("pquota"u8))
                return true;
        }

        return false;
    }
}
