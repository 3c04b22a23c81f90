using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>How a feature that says <see cref="FeatureDetection.Probe"/> is tried.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Try">Tries it, on a stage of its own; what plain mounts of the run answered is known by then.</param>
internal sealed record FeatureProbe(OverlayFeature Feature, Func<ProbeRun, ProbeStage, FeatureEvidence> Try)
{
    /// <param name="feature">The feature.</param>
    /// <param name="tryOn">Tries it on a stage of its own.</param>
    public FeatureProbe(OverlayFeature feature, Func<ProbeStage, FeatureEvidence> tryOn)
        : this(feature, (_, stage) => tryOn(stage))
    {
    }

    /// <summary>Whether an upper in the scratch directory must be mountable, without which the trial would say nothing.</summary>
    public bool NeedsUpper { get; init; } = true;
}
