using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>A feature about which looking and trying say different things.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Passive">What a passive look says.</param>
/// <param name="Probed">What trying showed, and on what: it counts.</param>
public sealed record ProbeContradiction(OverlayFeature Feature, FeatureEvidence Passive, FeatureEvidence Probed);
