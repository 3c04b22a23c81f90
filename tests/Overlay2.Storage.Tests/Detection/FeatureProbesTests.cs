using Overlay2.Storage.Detection;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Tests.Detection;

/// <summary>What a feature says of its probe and the table of probes say the same.</summary>
public class FeatureProbesTests
{
    [Fact]
    public void Every_feature_that_says_Probe_has_one() =>
        Assert.Empty(OverlayFeatures.All.Where(f => f.Detection.HasFlag(FeatureDetection.Probe)).Except(FeatureProbes.All.Select(p => p.Feature)));

    [Fact]
    public void Every_probe_is_the_only_one_of_a_feature_that_says_so()
    {
        Assert.DoesNotContain(FeatureProbes.All, p => !p.Feature.Detection.HasFlag(FeatureDetection.Probe));
        Assert.Equal(FeatureProbes.All.Length, FeatureProbes.All.DistinctBy(p => p.Feature).Count());
    }

    [Fact]
    public void A_feature_that_is_found_by_a_parameter_names_it_with_its_default()
    {
        Assert.All(OverlayFeatures.All, f => Assert.Equal(f.Parameter is not null, f.Detection.HasFlag(FeatureDetection.Parameter)));
        Assert.All(OverlayFeatures.All, f => Assert.Equal(f.Parameter is not null, f.ParameterDefault is not null));
    }
}
