using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>How a feature that says <see cref="FeatureDetection.Probe"/> is tried.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Try">Tries it on stages of the run.</param>
internal sealed record FeatureProbe(OverlayFeature Feature, Func<ProbeRun, FeatureEvidence> Try)
{
    /// <summary>Whether an upper in the scratch directory must be mountable, without which the trial would say nothing.</summary>
    public bool NeedsUpper { get; init; } = true;
}
