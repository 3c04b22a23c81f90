using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

public class EffectiveOptionsTests
{
    /// <summary>As Linux 6.18 answered over a lower that is an overlay with file handles and without a UUID.</summary>
    [Theory]
    [InlineData("", XinoMode.Off)]
    [InlineData("index=off,", XinoMode.Off)]
    [InlineData("index=on,", XinoMode.Auto)]
    [InlineData("redirect_dir=follow,", XinoMode.Off)]
    [InlineData("redirect_dir=nofollow,", XinoMode.Off)]
    [InlineData("redirect_dir=on,", XinoMode.Auto)]
    [InlineData("redirect_dir=on,index=off,nfs_export=off,", XinoMode.Auto)]
    [InlineData("metacopy=on,", XinoMode.Auto)]
    [InlineData("metacopy=on,index=off,", XinoMode.Auto)]
    [InlineData("metacopy=on,index=on,", XinoMode.Auto)]
    [InlineData("index=on,nfs_export=on,", XinoMode.Auto)]
    public void A_lower_without_a_UUID_turns_automatic_numbers_off_without_index_and_redirects(string options, XinoMode expected)
    {
        LayerFileSystem below = new() { Id = 1, Type = "tmpfs" }, lower = new() { Id = 2, Type = "overlay", OverlayDepth = 1, HasUuid = false };
        LayerLayout layout = new LayerLayout()
            .With(BytePath.FromText("l"), new LayerDirectory { FileSystem = lower })
            .With(BytePath.FromText("u"), new LayerDirectory { FileSystem = below })
            .With(BytePath.FromText("w"), new LayerDirectory { FileSystem = below });
        OverlayMountOptions parsed = OverlayMountOptions.ParseMountData([.. System.Text.Encoding.UTF8.GetBytes(options + "xino=auto,lowerdir=l,upperdir=u,workdir=w")]);

        EffectiveOptions effective = EffectiveOptions.Resolve(parsed, KernelProfile.Defaults(KernelVersion.Parse("6.18")), layout);

        Assert.Equal(LinuxError.OK, effective.Error);
        Assert.Equal(expected, effective.Xino);
    }

    public static TheoryData<string> OptionsOfFeatures() =>
        [.. OverlayFeatures.All.Where(f => f.MountOption is { } option && !option.StartsWith("lowerdir", StringComparison.Ordinal)).Select(f => f.Id)];

    [Theory]
    [MemberData(nameof(OptionsOfFeatures))]
    public void The_option_of_a_feature_is_known_to_kernels_with_it_and_to_no_others(string id)
    {
        OverlayFeature feature = OverlayFeatures.Find(id)!;
        KernelProfile kernel = KernelProfile.Defaults(KernelVersion.Parse("7.3"));

        Assert.Equal(LinuxError.OK, Resolve(feature.MountOption!, kernel).Error);
        EffectiveOptions without = Resolve(feature.MountOption!, kernel.WithFeature(feature, new(FeatureStatus.No, "")));
        Assert.Equal((LinuxError.EINVAL, "unknown-option"), (without.Error, without.Refusal?.Rule));
    }

    [Theory]
    [InlineData("7.3", "fsync=volatile", "fsync=volatile")]
    [InlineData("7.3", "volatile", "fsync=volatile")]
    [InlineData("6.6", "volatile", "volatile")]
    [InlineData("7.3", "redirect_dir=off", "")]
    [InlineData("7.3", "redirect_dir=nofollow", "redirect_dir=nofollow")]
    [InlineData("5.10", "redirect_dir=follow", "redirect_dir=follow")]
    [InlineData("5.10", "redirect_dir=off", "")]
    [InlineData("7.3", "override_creds", "")]
    [InlineData("7.3", "verity=require,index=on", "index=on,verity=require")]
    public void What_differs_from_the_default_is_shown_as_the_kernel_writes_it(string version, string options, string shown) =>
        Assert.Equal(shown, string.Join(',', Resolve(options, KernelProfile.Defaults(KernelVersion.Parse(version))).Shown.Where(o => !o.ToString().StartsWith("uuid", StringComparison.Ordinal))));

    private static EffectiveOptions Resolve(string options, KernelProfile kernel)
    {
        LayerFileSystem fileSystem = new() { Id = 1, Type = "ext4" };
        LayerLayout layout = new();
        foreach (string name in (string[])["l", "u", "w"])
            layout = layout.With(BytePath.FromText(name), new LayerDirectory { FileSystem = fileSystem });
        byte[] data = [.. System.Text.Encoding.UTF8.GetBytes(options + ",lowerdir=l,upperdir=u,workdir=w")];
        return EffectiveOptions.Resolve(OverlayMountOptions.ParseMountData(data), kernel, layout);
    }
}
