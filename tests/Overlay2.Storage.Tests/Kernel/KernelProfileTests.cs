using System.Text;
using Overlay2.Storage.Kernel;

namespace Overlay2.Storage.Tests.Kernel;

public class KernelProfileTests
{
    public static TheoryData<string> Kernels => new(KernelTruth.Kernels);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_recorded_profile_knows_its_version_parameters_and_every_feature(string kernel)
    {
        KernelProfile profile = KernelTruth.Profile(kernel);
        Assert.Equal(KernelVersion.Parse(kernel), profile.Version);
        Assert.Equal("256", profile.Parameters["redirect_max"]);
        Assert.True(profile.IsOn("redirect_always_follow"));
        Assert.False(profile.IsOn("index"));
        Assert.False(profile.IsOn("absent"));
        Assert.Contains("overlay", profile.FileSystems);
        Assert.All(OverlayFeatures.All, f => Assert.NotEqual(FeatureStatus.Unknown, profile[f].Status));
    }

    /// <summary>The table says of each recorded kernel what the kernel itself answered.</summary>
    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_documented_defaults_of_a_version_agree_with_the_kernel_that_was_asked(string kernel)
    {
        KernelProfile asked = KernelTruth.Profile(kernel);
        KernelProfile documented = KernelProfile.Defaults(asked.Version);
        Assert.All(OverlayFeatures.All, f => Assert.Equal((f.Id, asked.Supports(f)), (f.Id, documented.Supports(f))));
        Assert.All(documented.Parameters, p => Assert.Equal(asked.Parameters[p.Key], p.Value));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_profile_survives_its_file(string kernel)
    {
        KernelProfile profile = KernelTruth.Profile(kernel);
        KernelProfile read = KernelProfile.Parse(profile.ToJson());
        Assert.Equal(profile.ToJson(), read.ToJson());
        Assert.Equal(profile.Version, read.Version);
        Assert.Equal(profile.Features, read.Features);
    }

    [Fact]
    public void Probes_are_evidence()
    {
        KernelProfile profile = KernelTruth.Profile("6.12.113");
        Assert.Equal(new FeatureEvidence(FeatureStatus.No, "mount(2) with lowerdir::data answered EINVAL"), profile[OverlayFeatures.DataOnlyWithoutMetacopy]);
        Assert.Equal(FeatureStatus.Yes, profile[OverlayFeatures.DataOnlyLayers].Status);
        Assert.Equal(new FeatureEvidence(FeatureStatus.No, "a mount with verity=on shows metacopy=on"), profile[OverlayFeatures.VerityWithoutMetacopy]);
    }

    [Fact]
    public void Defaults_hold_the_parameters_that_the_version_has()
    {
        Assert.Equal(
            ["index", "metacopy", "nfs_export", "redirect_always_follow", "redirect_dir", "redirect_max", "xino_auto"],
            KernelProfile.Defaults(new KernelVersion(5, 10)).Parameters.Keys);
        Assert.Equal(["redirect_dir", "redirect_max"], KernelProfile.Defaults(new KernelVersion(4, 10)).Parameters.Keys);
    }

    [Fact]
    public void Evidence_and_parameters_can_be_replaced_and_names_of_later_versions_are_kept()
    {
        KernelProfile profile = KernelProfile.Defaults(new KernelVersion(6, 6))
            .WithParameter("index", "Y")
            .WithFeature(OverlayFeatures.FsyncMode, new(FeatureStatus.Yes, "a probe"));
        Assert.True(profile.IsOn("index"));
        Assert.True(profile.Supports(OverlayFeatures.FsyncMode));

        string json = Encoding.UTF8.GetString(profile.ToJson()).Replace("\"fsync-mode\"", "\"later\"", StringComparison.Ordinal);
        KernelProfile read = KernelProfile.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal("a probe", read.Features["later"].Source);
        Assert.Equal(FeatureEvidence.None, read[OverlayFeatures.FsyncMode]);
        Assert.False(read.Supports(OverlayFeatures.FsyncMode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"formatVersion\":2,\"kernel\":\"6.1\"}")]
    [InlineData("{\"formatVersion\":1,\"kernel\":\"six\"}")]
    [InlineData("{\"formatVersion\":1,\"kernel\":\"6.1\",\"parameters\":{\"index\":null}}")]
    [InlineData("{\"formatVersion\":1,\"kernel\":\"6.1\",\"kernelConfig\":[null]}")]
    [InlineData("{\"formatVersion\":1,\"kernel\":\"6.1\",\"features\":{\"index\":null}}")]
    [InlineData("{\"formatVersion\":1,\"kernel\":\"6.1\",\"features\":{\"index\":{\"status\":7,\"source\":\"x\"}}}")]
    [InlineData("{\"kind\":\"profile\"}")]
    [InlineData("{\"kind\":\"profile\",\"kernel\":\"6.1\",\"module\":{\"index\":null}}")]
    [InlineData("{\"kind\":\"profile\",\"kernel\":\"6.1\",\"filesystems\":[null]}")]
    [InlineData("{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}")]
    public void Anything_else_is_refused_with_a_reason(string json) =>
        Assert.NotEmpty(Assert.Throws<KernelProfileFormatException>(() => KernelProfile.Parse(Encoding.UTF8.GetBytes(json))).Message);

    [Fact]
    public void Null_probes_count_for_nothing() =>
        Assert.Equal(FeatureStatus.No, KernelProfile.Parse("""{"kind":"profile","kernel":"6.1","probe":{"volatile":null,"uuid=auto":{}}}"""u8)[OverlayFeatures.UuidAttribute].Status);

    [Fact]
    public void Too_long_a_file_is_refused_unread() =>
        Assert.Throws<KernelProfileFormatException>(() => KernelProfile.Parse(new byte[KernelProfile.MaxJsonLength + 1]));
}
