using CsCheck;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.MountOptions;

namespace Overlay2.Storage.PropertyTests.MountOptions;

public sealed class OverlayMountOptionsProperties
{
    private static readonly Gen<byte> s_byte = Gen.OneOf(Gen.Char["\\,:=\"# \tlowerdir+0127"].Select(c => (byte)c), Gen.Byte);
    private static readonly Gen<byte[]> s_text = s_byte.Array[0, 60];
    private static readonly Gen<byte[]> s_pathBytes = s_byte.Where(b => b != 0).Array[1, 12];

    private static readonly Gen<string> s_name = Choice.Of(
        "lowerdir", "upperdir", "workdir", "lowerdir+", "datadir+", "index", "redirect_dir", "context", "x", "userxattr");

    private static readonly Gen<OverlayOption> s_option = Gen.Select(s_name, s_byte.Array[0, 20], Gen.Bool, (name, value, isFlag) =>
        new OverlayOption(ByteString.FromText(name), isFlag ? null : new ByteString(value)));

    private static readonly Gen<OverlayMountOptions> s_options = s_option.Array[0, 6].Select(options =>
        options.Aggregate(OverlayMountOptions.Empty, (all, option) => all.WithAppended(option)));

    [Fact]
    public void Super_options_are_read_back_as_they_were() => s_options.Sample(options =>
    {
        // A security context that starts with a quote and has no other at its end is nothing that a kernel shows.
        if (options.Options.Any(o => o.Is("context"u8) && o.Value is { } v && v.Span is [(byte)'"', ..]))
            return true;
        return OverlayMountOptions.Parse(options.ToSuperOptions()).Equals(options);
    }, iter: 2_000);

    [Fact]
    public void Text_that_was_written_is_written_again_alike() => s_text.Sample(text =>
    {
        byte[] written = OverlayMountOptions.Parse(text).ToSuperOptions();
        return written.AsSpan().SequenceEqual(OverlayMountOptions.Parse(written).ToSuperOptions());
    }, iter: 2_000);

    [Fact]
    public void Mount_data_is_read_back_as_it_was_where_it_has_a_form() => s_options.Sample(options =>
    {
        if (!options.TryGetMountData(out byte[] data, out _))
            return true;
        OverlayMountOptions read = OverlayMountOptions.ParseMountData(data);
        return read.Options.Length == options.Options.Length && read.AllLayers.SequenceEqual(options.AllLayers)
            && read.ToMountData().AsSpan().SequenceEqual(data);
    }, iter: 2_000);

    [Fact]
    public void Mount_data_of_any_bytes_is_written_again_as_it_was_read() => s_text.Sample(text =>
    {
        OverlayMountOptions options = OverlayMountOptions.ParseMountData(text);
        return !options.TryGetMountData(out byte[] data, out _) || OverlayMountOptions.ParseMountData(data).Equals(options);
    }, iter: 2_000);

    [Fact]
    public void Paths_survive_in_every_role() => Gen.Select(s_pathBytes.Array[1, 4], s_pathBytes, s_pathBytes, s_pathBytes.Array[0, 2]).Sample((lower, upper, work, data) =>
    {
        OverlayMountOptions options = OverlayMountOptions.Create(
            lower.Select(p => new BytePath(p)), new BytePath(upper), new BytePath(work), data.Select(p => new BytePath(p)));
        OverlayMountOptions read = OverlayMountOptions.Parse(options.ToSuperOptions());
        return read.Equals(options)
            && read.Layers.Where(l => l.Role == LayerRole.Lower).Select(l => l.Path).SequenceEqual(lower.Select(p => new BytePath(p)))
            && read.Layers.Where(l => l.Role == LayerRole.Data).Select(l => l.Path).SequenceEqual(data.Select(p => new BytePath(p)))
            && read.Upper?.Path == new BytePath(upper) && read.Work?.Path == new BytePath(work)
            && OverlayMountOptions.ParseMountData(options.ToMountData()).AllLayers.SequenceEqual(options.AllLayers);
    }, iter: 2_000);

    [Fact]
    public void Making_paths_relative_and_resolving_them_gives_them_back() => Gen.Select(s_pathBytes.Array[1, 4], s_pathBytes).Sample((names, home) =>
    {
        var directory = new BytePath([(byte)'/', (byte)'h', .. home.Where(b => b != (byte)'/')]);
        var layers = names.Select(n => n.Where(b => b != (byte)'/').ToArray()).Where(n => n.Length > 0).Select(n => directory.Combine(new BytePath(n))).ToList();
        if (layers.Count == 0)
            return true;
        OverlayMountOptions options = OverlayMountOptions.Create(layers);
        return options.RelativeTo(directory).Resolve(directory).Equals(options) && options.RelativeTo(directory).Layers.All(l => !l.Path.IsAbsolute);
    }, iter: 2_000);
}
