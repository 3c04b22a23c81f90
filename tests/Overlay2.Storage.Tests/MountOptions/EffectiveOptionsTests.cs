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
}
