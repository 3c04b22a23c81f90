using System.Collections.Immutable;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What trying the abilities of a kernel on one file system showed.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class KernelProbe
{
    internal KernelProbe(ImmutableArray<ProbeResult> results) => Results = results;

    /// <summary>All that was tried, in the order of trying.</summary>
    public ImmutableArray<ProbeResult> Results { get; }

    /// <summary>The result of a name; <see langword="null"/> for one that was not tried.</summary>
    /// <param name="id">The name, as in <see cref="ProbeResult.Id"/>.</param>
    public ProbeResult? Find(string id) => Results.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.Ordinal));

    /// <summary>A profile in which what was tried counts before what was read.</summary>
    /// <param name="profile">The profile of the same kernel.</param>
    public KernelProfile ApplyTo(KernelProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        foreach (ProbeResult result in Results)
        {
            if (OverlayFeatures.Find(result.Id) is { } feature && result.Evidence.Status != FeatureStatus.Unknown)
                profile = profile.WithFeature(feature, result.Evidence);
        }

        return profile;
    }

    /// <summary>Where a profile says Yes and trying showed No, or the other way round.</summary>
    /// <param name="profile">The profile of the same kernel.</param>
    public ImmutableArray<ProbeContradiction> Contradictions(KernelProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return
        [
            .. from result in Results
               let feature = OverlayFeatures.Find(result.Id)
               where feature is not null
               let passive = profile[feature]
               where passive.Status != FeatureStatus.Unknown && result.Evidence.Status != FeatureStatus.Unknown
                   && passive.Status != result.Evidence.Status
               select new ProbeContradiction(feature, passive, result.Evidence),
        ];
    }
}
