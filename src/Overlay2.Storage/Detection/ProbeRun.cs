using System.Collections.Immutable;
using System.Globalization;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>All probes, one after another, in the working directory of a thread with a mount namespace of its own.</summary>
internal sealed partial class ProbeRun
{
    private readonly ImmutableArray<ProbeResult>.Builder _results = ImmutableArray.CreateBuilder<ProbeResult>();
    private int _stages;

    public ImmutableArray<ProbeResult> Run()
    {
        TryFileSystem();
        TrySystem();
        TryOverlay();
        return _results.ToImmutable();
    }

    private ProbeStage NewStage() => new(_stages++);

    private void Add(OverlayFeature feature, FeatureStatus status, string source) =>
        _results.Add(new ProbeResult(feature.Id, ProbeScope.Overlay, feature.Description, new FeatureEvidence(status, source)));

    private void Add(string id, ProbeScope scope, string description, FeatureStatus status, string source) =>
        _results.Add(new ProbeResult(id, scope, description, new FeatureEvidence(status, source)));

    private static FeatureStatus YesIf(bool isThere) => isThere ? FeatureStatus.Yes : FeatureStatus.No;

    private static string Answer(string what, Errno error) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}: {(error.IsError ? error.ToString() : "OK")}");
}
