using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>What trying one ability showed.</summary>
/// <param name="Id">The stable name: of a feature its <see cref="OverlayFeature.Id"/>.</param>
/// <param name="Scope">What it belongs to.</param>
/// <param name="Description">One plain sentence.</param>
/// <param name="Evidence">The answer, and what was tried.</param>
public sealed record ProbeResult(string Id, ProbeScope Scope, string Description, FeatureEvidence Evidence);
