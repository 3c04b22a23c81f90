using System.Reflection;
using System.Text.RegularExpressions;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Tests.Kernel;

public class OverlayFeaturesTests
{
    [Fact]
    public void All_lists_every_row_once()
    {
        var rows = typeof(OverlayFeatures).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(p => p.PropertyType == typeof(OverlayFeature)).Select(p => (OverlayFeature)p.GetValue(null)!).ToList();
        Assert.Equal(rows.Count, OverlayFeatures.All.Length);
        Assert.Equal(rows.ToHashSet(), OverlayFeatures.All.ToHashSet());
    }

    [Fact]
    public void Names_are_stable_in_form_and_found_again()
    {
        Assert.All(OverlayFeatures.All, f => Assert.Matches(new Regex("^[a-z0-9]+(-[a-z0-9]+)*$"), f.Id));
        Assert.All(OverlayFeatures.All, f => Assert.Same(f, OverlayFeatures.Find(f.Id)));
        Assert.Null(OverlayFeatures.Find("no-such-feature"));
    }

    [Theory]
    [InlineData("6.4", FeatureStatus.No)]
    [InlineData("6.5", FeatureStatus.Yes)]
    [InlineData("7.3.4", FeatureStatus.Yes)]
    public void A_feature_without_sightings_follows_its_release(string version, FeatureStatus expected) =>
        Assert.Equal(expected, OverlayFeatures.NewMountApi.In(KernelVersion.Parse(version)).Status);

    [Theory]
    [InlineData("6.11", FeatureStatus.No)]
    [InlineData("6.12", FeatureStatus.Unknown)]
    [InlineData("6.12.112", FeatureStatus.Unknown)]
    [InlineData("6.12.113", FeatureStatus.Yes)]
    [InlineData("6.12.200", FeatureStatus.Yes)]
    [InlineData("6.16.3", FeatureStatus.No)]
    [InlineData("6.17.13", FeatureStatus.No)]
    [InlineData("6.18", FeatureStatus.Unknown)]
    [InlineData("6.18.44", FeatureStatus.Yes)]
    [InlineData("7.2", FeatureStatus.Yes)]
    public void A_backport_is_known_where_it_was_seen_and_unknown_before(string version, FeatureStatus expected) =>
        Assert.Equal(expected, OverlayFeatures.FsyncMode.In(KernelVersion.Parse(version)).Status);

    [Theory]
    [InlineData("6.12", FeatureStatus.No)]
    [InlineData("6.12.80", FeatureStatus.Unknown)]
    [InlineData("6.12.113", FeatureStatus.Yes)]
    public void A_change_between_two_updates_is_unknown_between_them(string version, FeatureStatus expected) =>
        Assert.Equal(expected, OverlayFeatures.PlainHandles32.In(KernelVersion.Parse(version)).Status);
}
