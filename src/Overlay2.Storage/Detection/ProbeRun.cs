using System.Collections.Immutable;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Detection;

/// <summary>All probes, one after another, in the working directory of a thread with a mount namespace of its own.</summary>
internal sealed partial class ProbeRun
{
    private readonly ImmutableArray<ProbeResult>.Builder _results = ImmutableArray.CreateBuilder<ProbeResult>();
    private int _stages;

    /// <summary>What a mount of one lower and one upper in the scratch directory answers.</summary>
    public Errno Plain { get; private set; }

    public ImmutableArray<ProbeResult> Run()
    {
        using (ProbeStage stage = NewStage())
            Plain = stage.Mount();
        TryFileSystem();
        TrySystem();
        foreach (FeatureProbe probe in FeatureProbes.All)
            Add(probe.Feature.Id, ProbeScope.Overlay, probe.Feature.Description, Try(probe));
        return _results.ToImmutable();
    }

    private FeatureEvidence Try(FeatureProbe probe)
    {
        if (probe.NeedsUpper && Plain.IsError)
            return ProbeAnswer.Unknown("not tried, as a plain overlay can not be mounted here", Plain);
        using ProbeStage stage = NewStage();
        return probe.Try(this, stage);
    }

    private ProbeStage NewStage() => new(_stages++);

    private void Add(string id, ProbeScope scope, string description, FeatureEvidence evidence) =>
        _results.Add(new ProbeResult(id, scope, description, evidence));
}
