using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Snapshots;

/// <summary>A redacted snapshot holds what somebody listed as fit to be shown, and nothing else: neither what a store or a file holds beside it, nor a member that is new.</summary>
public sealed class RedactionProperties
{
    /// <summary>The members whose texts stay, and why.</summary>
    private static readonly Dictionary<string, string> s_shown = new(StringComparer.Ordinal)
    {
        ["Kernel.Release"] = "what a kernel can do goes by it, vendors' backports too",
        ["Kernel.VersionText"] = "the build that uname(2) tells: the same on every host with this kernel",
        ["Kernel.Machine"] = "an architecture",
        ["Kernel.Parameters"] = "parameters of the module overlay: truth values",
        ["Kernel.KernelConfig"] = "the kernel's own configuration; lines with texts are left out",
        ["Kernel.FileSystems"] = "types that the kernel registered",
        ["Kernel.Features"] = "names of features",
        ["Kernel.Features.Source"] = "where what is known of a feature comes from: a release, a file of the kernel",
    };

    /// <summary>Words in the forms that a redaction treats in ways of their own: numbers in front, endings and beginnings that stay, names of errors.</summary>
    private static readonly Gen<(string Core, string Form)> s_word = Gen.Select(
        Gen.Char['g', 'z'].Array[5, 9].Select(letters => $"q{new string(letters)}"),
        Choice.Of("{0}", "7{0}", "12-{0}", "{0}-init", "{0}.conf", "sha256:{0}", "io.containerd.{0}", "E{0}", "{0}.{0}", "v1_{0}", "\u00e9{0}"));

    [Fact]
    public void No_text_of_any_member_is_left_but_those_that_are_listed_here() => s_word.Sample((core, form) =>
    {
        var planter = new SnapshotPlanter(number => string.Format(System.Globalization.CultureInfo.InvariantCulture, form, $"{core}{number}q"));
        StorageSnapshot snapshot = planter.Plant();
        string plain = string.Join('\n', new SnapshotWalk(snapshot).Texts);
        StorageSnapshot redacted = snapshot.Redact("key"u8);
        string left = string.Join('\n', [.. new SnapshotWalk(redacted).Texts, Text(redacted)]);

        foreach ((string word, string member) in planter.Members)
        {
            if (!s_shown.ContainsKey(member))
                Assert.False(left.Contains(word, StringComparison.OrdinalIgnoreCase), $"{member}: {word} is left");
        }

        // Else a member could be called clean because nothing was there to be left.
        Assert.All(planter.Members.GroupBy(planted => planted.Value, planted => planted.Key), words => Assert.True(words.Any(word => plain.Contains(word, StringComparison.Ordinal)), words.Key));
        Assert.InRange(planter.Members.Count, 120, 1000);
        Assert.True(s_shown.Keys.All(planter.Members.Values.Contains), "a member that is listed is no more");
    }, iter: 20);

    [Fact]
    public void Every_member_is_shown_or_replaced_but_those_that_are_listed_here()
    {
        StorageSnapshot snapshot = new SnapshotPlanter(number => $"name{number}").Plant();
        var whole = new SnapshotWalk(snapshot);
        var redacted = new SnapshotWalk(snapshot.Redact("key"u8));

        // The lines of a log are free text.
        Assert.Equal(["LogLine.Source", "LogLine.Text", "LogLine.Time"], whole.Members.Except(redacted.Members, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.InRange(whole.Members.Count, 150, 1000);
    }

    [Fact]
    public void Nothing_that_a_store_on_disk_holds_beside_what_is_known_is_left() => s_word.Sample((core, form) =>
    {
        using var host = new PlantedStores($"{core}{string.Format(System.Globalization.CultureInfo.InvariantCulture, form, "x").Replace(':', '-')}");
        StorageSnapshot snapshot = StorageSnapshot.CaptureAsync(new SnapshotOptions { HostRoot = host.Root }, TestContext.Current.CancellationToken).GetAwaiter().GetResult();

        Assert.Equal([LayerStoreKind.DockerClassic, LayerStoreKind.ContainersStorage, LayerStoreKind.ContainerdSnapshots], snapshot.Stores.Value.Select(store => store.Kind));
        Assert.All(snapshot.Stores.Value, store => Assert.NotEmpty(store.References));
        Assert.Contains(core, Text(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain(core, Text(snapshot.Redact()), StringComparison.OrdinalIgnoreCase);
    }, iter: 11);

    [Fact]
    public void Nothing_that_a_file_holds_beside_what_is_known_is_left() => s_word.Sample((core, form) =>
    {
        JsonNode file = JsonNode.Parse(Text(new SnapshotPlanter(number => $"name{number}").Plant()))!;
        PlantedStores.Plant(file, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, core), exceptIn: ["parameters", "features"]);

        StorageSnapshot snapshot = StorageSnapshot.Load(new MemoryStream(Encoding.UTF8.GetBytes(file.ToJsonString())));

        Assert.Contains(core, Text(snapshot), StringComparison.Ordinal);
        Assert.DoesNotContain(core, Text(snapshot.Redact()), StringComparison.OrdinalIgnoreCase);
    }, iter: 50);

    private static string Text(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
