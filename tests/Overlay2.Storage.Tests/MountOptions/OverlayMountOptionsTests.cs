using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.Tests.MountOptions;

public class OverlayMountOptionsTests
{
    [Theory]
    [InlineData(@"rw,lowerdir=lo\134\054w:l\134:w:l\134\134w", "lo,w|l:w|l\\w")]
    [InlineData(@"rw,lowerdir+=lo\054w,lowerdir+=l:w,lowerdir+=l\134w", "lo,w|l:w|l\\w")]
    [InlineData("ro,lowerdir=l1:l2::l3", "l1|l2|Data l3")]
    [InlineData("rw,lowerdir=a:b,lowerdir=c", "c")]
    [InlineData("lowerdir=q\"q:l,upperdir=u", "q\"q|l")]
    [InlineData("rw,context=\"system_u:object_r:x:s0:c1,c2\",lowerdir=a:b", "a|b")]
    public void Layers_are_read_from_the_kernels_own_writing(string superOptions, string layers)
    {
        OverlayMountOptions options = OverlayMountOptions.Parse(Encoding.UTF8.GetBytes(superOptions));
        Assert.Equal(layers, string.Join('|', options.Layers.Select(l => (l.Role == LayerRole.Data ? "Data " : "") + Encoding.UTF8.GetString(l.Path.Span))));
        Assert.Equal(superOptions, Encoding.UTF8.GetString(options.ToSuperOptions()));
    }

    [Theory]
    [InlineData(@"upperdir=u\134\054p", "u,p")]
    [InlineData(@"upperdir=u\054p", "u,p")]
    [InlineData("upperdir=u:p", "u:p")]
    public void The_upper_is_one_path(string superOptions, string path) =>
        Assert.Equal(path, Encoding.UTF8.GetString(OverlayMountOptions.Parse(Encoding.UTF8.GetBytes(superOptions)).Upper!.Value.Path.Span));

    [Fact]
    public void The_octal_level_is_that_of_mountinfo_only()
    {
        Assert.Equal("a b", OverlayMountOptions.Parse(@"upperdir=a\040b"u8).Upper!.Value.Path.ToString());
        Assert.Equal("a040b", OverlayMountOptions.ParseMountData(@"upperdir=a\040b"u8).Upper!.Value.Path.ToString());
    }

    /// <summary>Every overlay line of the recorded hosts.</summary>
    [Fact]
    public void Every_recorded_overlay_line_is_written_as_it_was_read()
    {
        int lines = 0;
        foreach (string file in Directory.EnumerateFiles(Repository.Data("mountinfo"), "*.mountinfo"))
        {
            foreach (string line in File.ReadLines(file, Encoding.Latin1))
            {
                int end = line.IndexOf(" - overlay ", StringComparison.Ordinal);
                if (end < 0)
                    continue;
                string superOptions = line[(line.IndexOf(' ', end + 11) + 1)..];
                Assert.Equal(superOptions, Encoding.Latin1.GetString(OverlayMountOptions.Parse(Encoding.Latin1.GetBytes(superOptions)).ToSuperOptions()));
                lines++;
            }
        }

        Assert.True(lines > 50, $"only {lines} lines");
    }

    [Fact]
    public void Options_are_replaced_in_place_and_unknown_ones_are_kept()
    {
        OverlayMountOptions options = OverlayMountOptions.ParseMountData("new=1,index=on,lowerdir=a:b,index=off,flag"u8)
            .With(OverlayOption.FromText("index", "on"));
        Assert.Equal("new=1,index=on,lowerdir=a:b,flag", Encoding.UTF8.GetString(options.ToMountData()));
        Assert.Equal("new=1,lowerdir=a:b,flag", Encoding.UTF8.GetString(options.Without(ByteString.FromText("index")).ToMountData()));
        Assert.Equal("on", options.TryGet("index"u8, out OverlayOption index) ? index.Value.ToString() : null);
    }

    [Fact]
    public void Relative_layers_are_resolved_against_the_home_of_the_driver()
    {
        OverlayMountOptions options = OverlayMountOptions.Parse("rw,lowerdir=l/A:l/B,upperdir=ID/diff,workdir=ID/work"u8);
        OverlayMountOptions resolved = options.Resolve(BytePath.FromText("/var/lib/docker/overlay2"));
        Assert.Equal("/var/lib/docker/overlay2/l/A", resolved.Layers[0].Path.ToString());
        Assert.Equal("/var/lib/docker/overlay2/ID/diff", resolved.Upper!.Value.Path.ToString());
        Assert.Equal(options, resolved.RelativeTo(BytePath.FromText("/var/lib/docker/overlay2")));
    }

    [Fact]
    public void What_has_no_form_in_a_mount_string_is_refused()
    {
        Assert.Throws<InvalidOperationException>(() => OverlayMountOptions.Parse(@"lowerdir+=a\054b"u8).ToMountData());
        Assert.Throws<InvalidOperationException>(() => OverlayMountOptions.Empty.With(OverlayOption.FromText("x", "a,b")).ToMountData());
        Assert.Throws<InvalidOperationException>(() => OverlayMountOptions.Empty.With(OverlayOption.FromText("upperdir", "a\0b")).ToMountData());
        Assert.Equal(@"upperdir=a\,b", Encoding.UTF8.GetString(OverlayMountOptions.Parse(@"upperdir=a\054b"u8).ToMountData()));
    }

    [Fact]
    public void A_long_list_goes_to_the_new_interface_layer_by_layer()
    {
        var lowers = Enumerable.Range(0, 20).Select(i => BytePath.FromText($"/layers/with:colon/{i:D10}")).ToList();
        OverlayMountOptions options = OverlayMountOptions.Create(lowers, data: [BytePath.FromText("/data")]);
        Assert.Equal(
            [.. lowers.Select(l => ("lowerdir+", l.ToString())), ("datadir+", "/data")],
            options.ToFsConfigCalls().Select(c => (c.Name.ToString(), c.Value.ToString()!)));
        MountDataBudget budget = MountDataBudget.Measure(options, KernelProfile.Defaults(new(6, 1)));
        Assert.Equal(MountInterfaces.Mount | MountInterfaces.MountRelative, budget.Interfaces);
        Assert.Equal(BytePath.Root, budget.CommonDirectory);
    }

    [Fact]
    public void A_refusal_names_its_rule_in_words()
    {
        var layout = new LayerLayout();
        foreach (string path in (string[])["a", "b", "u", "w"])
            layout = layout.With(BytePath.FromText(path), new() { FileSystem = new() { Id = 1 }, Ancestry = [path[0]] });
        EffectiveOptions refused = EffectiveOptions.Resolve(
            OverlayMountOptions.ParseMountData("lowerdir=a:b,upperdir=u,workdir=w,metacopy=on,redirect_dir=nofollow"u8), KernelProfile.Defaults(new(6, 18)), layout);
        Assert.Equal(LinuxError.EINVAL, refused.Error);
        Assert.Equal("metacopy-needs-redirect", refused.Refusal!.Rule);
        Assert.Equal("metacopy=on and redirect_dir=nofollow exclude one another.", refused.Refusal.Message);

        EffectiveOptions changed = EffectiveOptions.Resolve(
            OverlayMountOptions.ParseMountData("lowerdir=a:b,upperdir=u,workdir=w,metacopy=on"u8), KernelProfile.Defaults(new(6, 18)), layout);
        Assert.Equal(RedirectMode.On, changed.Redirect);
        Assert.Equal("metacopy-implies-redirect", Assert.Single(changed.Problems).Rule);
    }
}
