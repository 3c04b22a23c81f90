using System.Collections.Immutable;
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
        new LongOptionsRule(),
        new LayerDepthRule(),
        new VolatileLayerRule(),
    ];
}
