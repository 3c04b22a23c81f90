using System.Collections.Immutable;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis.Views;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.Diagnosis;

// What several rules ask of the engine.
public sealed partial class DiagnosisContext
{
    private ImmutableArray<EngineProblem>? _engineProblems;

    /// <summary>Whether anything tells of a Docker Engine on this host: a store, a running one, its own answer, or its unit. Defaults alone do not.</summary>
    internal bool HasEngine =>
        Snapshot.Engine.IsKnown || _stores.Value.Any(view => view.Store.Kind == LayerStoreKind.DockerClassic)
        || Configuration is { Origin: EngineCommandOrigin.Process or EngineCommandOrigin.Unit };

    /// <summary>Whether anything tells of any engine.</summary>
    internal bool HasAnyEngine => HasEngine || _stores.Value.Length > 0;

    /// <summary>What is wrong with the configuration in force and with the one of the next start, on this host; none where it is not known.</summary>
    internal ImmutableArray<EngineProblem> EngineProblems => _engineProblems ??= FindEngineProblems();

    internal int? EngineVersion => Snapshot.Engine.TryGet(out EngineInfo? engine) ? engine.MajorVersion : null;

    /// <summary>Whether directory entries of a home's file system have types; with where that comes from.</summary>
    internal FeatureEvidence EntryTypesOf(DriverHomeView home)
    {
        if (FindFileSystem(home) is { EntryTypes.Status: not FeatureStatus.Unknown } fileSystem)
            return fileSystem.EntryTypes;
        if (home.Kind == LayerStoreKind.DockerClassic && Snapshot.Engine.TryGet(out EngineInfo? engine) && engine.ReportsEntryTypes is { } reports)
            return new FeatureEvidence(reports ? FeatureStatus.Yes : FeatureStatus.No, "the engine's own answer");
        return home.Mount is { } mount && (mount.FileSystemType.Span.SequenceEqual("tmpfs"u8) || mount.FileSystemType.Span.SequenceEqual("btrfs"u8))
            ? new FeatureEvidence(FeatureStatus.Yes, $"{mount.FileSystemType} always has them")
            : FeatureEvidence.None;
    }

    /// <summary>How much room there is on a home's file system; <see langword="null"/> if the snapshot does not hold it.</summary>
    internal SnapshotFileSystem? FindFileSystem(DriverHomeView home) => Snapshot.FileSystems.TryGet(out ImmutableArray<SnapshotFileSystem> all)
        ? all.FirstOrDefault(candidate => MountView.IsSamePlace(candidate.Path, home.Home)) ?? all.FirstOrDefault(candidate => MountView.IsSamePlace(candidate.Path, home.DataRoot))
        : null;

    private ImmutableArray<EngineProblem> FindEngineProblems()
    {
        if (Configuration is not { } configuration)
            return [];

        EngineConfiguration next = configuration.NextStart;
        List<EngineProblem> problems = [.. next.PredictStart(HostOf(next)).Problems];
        if (next != configuration)
        {
            // An engine that runs has started: what would keep it from that matters at the next start, where that is known.
            bool isNextKnown = next.Origin is EngineCommandOrigin.Unit or EngineCommandOrigin.AssumedFiles;
            problems.AddRange(configuration.PredictStart(HostOf(configuration)).Problems.Where(problem =>
                (!isNextKnown || problem.Stops == EngineVersions.None) && !problems.Exists(known => known.Kind == problem.Kind && known.Message == problem.Message)));
        }

        return [.. problems.DistinctBy(problem => (problem.Kind, problem.Message, problem.Sources.IsEmpty ? default : problem.Sources[0].Path))];
    }

    internal EngineHost HostOf(EngineConfiguration configuration)
    {
        BytePath dataRoot = new(configuration.DataRoot.Value);
        DriverHomeView? home = Homes.FirstOrDefault(view => view.Kind == LayerStoreKind.DockerClassic && MountView.IsSamePlace(view.DataRoot, dataRoot));
        FeatureStatus entryTypes = home is null ? FeatureStatus.Unknown : EntryTypesOf(home).Status;
        FeatureStatus overlay = Snapshot.Kernel.TryGet(out KernelProfile? kernel) ? kernel[OverlayFeatures.Overlay].Status : FeatureStatus.Unknown;
        return new EngineHost
        {
            MajorVersion = EngineVersion,
            BackingFileSystem = home?.Mount?.FileSystemType ?? default,
            ReportsEntryTypes = entryTypes == FeatureStatus.Unknown ? null : entryTypes == FeatureStatus.Yes,
            HasProjectQuota = home?.Mount is { } mount ? HasProjectQuota(mount) : null,
            PriorDrivers = Snapshot.DriverHomes.TryGet(out ImmutableArray<BytePath> homes)
                ? [.. homes.Where(path => path.TryGetParent(out BytePath parent) && MountView.IsSamePlace(parent, dataRoot)).Select(path => path.FileName.ToString())]
                : [],
            Carries = overlay == FeatureStatus.No
                ? ImmutableDictionary<string, bool>.Empty.Add(DockerNames.DriverHome.ToString(), value: false)
                : ImmutableDictionary<string, bool>.Empty,
        };
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
