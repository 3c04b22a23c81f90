using System.Collections.Immutable;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Diagnosis.Rules;

namespace Overlay2.Storage.Diagnosis;

/// <summary>The rules of this library.</summary>
internal static class DiagnosisRules
{
    /// <summary>All rules, those of a stage in the order of their ids; rules have no state.</summary>
    public static ImmutableArray<IDiagnosisRule> All { get; } =
    [
        new SelfBindCoverRule(),
        new ForeignCoverRule(),
        new LostDiskRule(),
        new StackedMountRule(),
        new LeakedMountRule(),
        new OrphanMountRule(),
        new UnmountedContainerRule(),
        new PropagationRule(),
        new SharedUpperRule(),
        new ReadOnlyOverlayRule(),
        new BrokenLinkFileRule(),
        new ShortLinkRule(),
        new EmptyLowerRule(),
        new BareLinkDirectoryRule(),
        new MalformedLowerRule(),
        new MissingLayerRule(),
        new OrphanLayerRule(),
        new LayerDatabaseEntryRule(),
        new LinkDirectoryRule(),
        new UnusedShortLinkRule(),
        new IncompleteLayerRule(),
        new LostIdRule(),
        new BlockedRemovalRule(),
        new QuarantineRule(),
        new LongOptionsRule(),
        new LayerDepthRule(),
        new VolatileLayerRule(),
        new UpperFileSystemRule(),
        new EntryTypesRule(),
        new NativeDiffRule(),
        new OverlaySupportRule(),
        new TableConsistencyRule(),
        new RoomRule(),
        new InodeRule(),
        new MountLimitRule(),
        new EngineProblemRule("OVL0403", EngineProblemKind.QuotaUnsupported),
        new EngineProblemRule("OVL0601", EngineProblemKind.SetTwice, EngineProblemKind.OverriddenByEnvironment),
        new EngineProblemRule("OVL0602", EngineProblemKind.RemovedOption),
        new EngineProblemRule("OVL0603", EngineProblemKind.SeveralStores),
        new EngineProblemRule("OVL0604", EngineProblemKind.RemovedDriver),
        new EngineProblemRule("OVL0605", EngineProblemKind.SilentFallback),
        new FallbackDriverRule(),
        new SwitchedStoreRule(),
        new ContainerdRootRule(),
        new NestedEngineRule(),
        new EngineProblemRule(
            "OVL0609", EngineProblemKind.InvalidFile, EngineProblemKind.WrongType, EngineProblemKind.UnknownDirective, EngineProblemKind.DuplicateKey, EngineProblemKind.InvalidFlag,
            EngineProblemKind.UnknownOption, EngineProblemKind.InvalidUnit, EngineProblemKind.UnsupportedDriver),
        .. Behaviours.All,
        .. LogRule.All,
    ];
}
