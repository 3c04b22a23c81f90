using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

/// <summary>Options as mount(8) takes them, apart from what the kernel makes of the same words as data.</summary>
public sealed class MountCommandOptionsTests
{
    private static readonly OverlayMountOptions s_layers = OverlayMountOptions.Create([BytePath.FromText("l")], BytePath.FromText("u"), BytePath.FromText("w"));
    private static readonly KernelProfile s_profile = KernelProfile.Defaults(KernelVersion.Parse("6.18"));
    private static readonly LayerLayout s_layout = new[] { "l", "u", "w" }.Aggregate(
        new LayerLayout(), (layout, name) => layout.With(BytePath.FromText(name), new LayerDirectory { FileSystem = new LayerFileSystem { Id = 1, Type = "tmpfs" } }));

    [Theory]
    [InlineData("nodev,metacopy=on", "nodev", false)]
    [InlineData("nosuid,noexec,noatime", "nosuid,noexec,noatime", false)]
    [InlineData("ro", "ro", true)]
    [InlineData("ro,index=on", "ro", true)]
    [InlineData("ro,rw", "ro,rw", false)]
    [InlineData("rw,ro", "rw,ro", true)]
    [InlineData("ro,defaults", "ro,defaults", false)]
    [InlineData("defaults,_netdev,nofail,x-systemd.automount,X-mount.mkdir=0755,comment=a", "defaults,_netdev,nofail,x-systemd.automount,X-mount.mkdir=0755,comment=a", false)]
    [InlineData("relatime,strictatime,lazytime,dirsync,sync,async,silent,loud,user,group,owner,rslave,nosymfollow", "relatime,strictatime,lazytime,dirsync,sync,async,silent,loud,user,group,owner,rslave,nosymfollow", false)]
    public void Flags_of_the_mount_are_no_data_of_the_file_system(string text, string flags, bool isReadOnly)
    {
        MountCommandOptions options = WithLayers(text);
        EffectiveOptions effective = EffectiveOptions.Resolve(options, s_profile, s_layout);

        Assert.Equal(flags, string.Join(',', options.Flags));
        Assert.Equal((LinuxError.OK, isReadOnly, true), (effective.Error, effective.IsReadOnly, effective.IsKnown));
        Assert.DoesNotContain(effective.Problems, problem => problem.Outcome == OptionOutcome.Refused);
    }

    [Theory]
    [InlineData("nodev")]
    [InlineData("defaults")]
    [InlineData("x-systemd.automount")]
    public void As_data_of_the_call_the_same_words_are_refused_and_it_is_said_why(string flag)
    {
        OverlayMountOptions raw = WithLayers("").Options.WithAppended(new OverlayOption(ByteString.FromText(flag), null));
        EffectiveOptions effective = EffectiveOptions.Resolve(raw, s_profile, s_layout);

        Assert.Equal(LinuxError.EINVAL, effective.Error);
        Assert.Contains("mount(8)", effective.Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("context=\"system_u:object_r:container_file_t:s0:c1,c2\"")]
    [InlineData("fscontext=a:b:c,nodev")]
    [InlineData("defcontext=a:b:c")]
    [InlineData("ro,rootcontext=a:b:c")]
    [InlineData("remount,ro")]
    [InlineData("bind")]
    public void What_depends_on_what_is_not_looked_at_is_not_known(string text)
    {
        EffectiveOptions effective = EffectiveOptions.Resolve(WithLayers(text), s_profile, s_layout);
        Assert.Equal((LinuxError.OK, false), (effective.Error, effective.IsKnown));
        Assert.Null(effective.Refusal);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("nodev,bogus=1")]
    [InlineData("nodev=1")]
    [InlineData("context=a:b:c,bogus")]
    [InlineData("context")]
    public void What_neither_knows_is_refused(string text)
    {
        EffectiveOptions effective = EffectiveOptions.Resolve(WithLayers(text), s_profile, s_layout);
        Assert.Equal((LinuxError.EINVAL, true), (effective.Error, effective.IsKnown));
    }

    private static MountCommandOptions WithLayers(string text)
    {
        MountCommandOptions options = MountCommandOptions.Parse(ByteString.FromText(text).Span);
        OverlayMountOptions all = s_layers;
        foreach (OverlayOption option in options.Options.Options)
            all = all.WithAppended(option);
        return options with { Options = all };
    }
}
