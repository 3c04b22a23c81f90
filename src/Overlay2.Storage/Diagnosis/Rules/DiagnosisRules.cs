using System.Collections.Immutable;
using Overlay2.Storage.Configuration;

namespace Overlay2.Storage.Diagnosis.Rules;

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
        new EngineProblemRule(FindingIds.Quota, EngineProblemKind.QuotaUnsupported),
        new EngineProblemRule(FindingIds.SettingGivenTwice, EngineProblemKind.SetTwice, EngineProblemKind.OverriddenByEnvironment),
        new EngineProblemRule(FindingIds.RemovedOption, EngineProblemKind.RemovedOption),
        new EngineProblemRule(FindingIds.SeveralStores, EngineProblemKind.SeveralStores),
        new EngineProblemRule(FindingIds.RemovedDriver, EngineProblemKind.RemovedDriver),
        new EngineProblemRule(FindingIds.FallbackDriver, EngineProblemKind.SilentFallback),
        new FallbackDriverRule(),
        new SwitchedStoreRule(),
        new ContainerdRootRule(),
        new NestedEngineRule(),
        new EngineProblemRule(
            FindingIds.UnusableConfiguration, EngineProblemKind.InvalidFile, EngineProblemKind.WrongType, EngineProblemKind.UnknownDirective, EngineProblemKind.DuplicateKey, EngineProblemKind.InvalidFlag,
            EngineProblemKind.UnknownOption, EngineProblemKind.InvalidUnit, EngineProblemKind.UnsupportedDriver),
        .. Behaviours.All,
        .. LogRule.All,
    ];
}
