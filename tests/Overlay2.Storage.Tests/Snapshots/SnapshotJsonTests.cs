using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Docker;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;
using Overlay2.Storage.Tests.Diagnosis;
using Overlay2.Storage.Tests.Engines;

namespace Overlay2.Storage.Tests.Snapshots;

public sealed class SnapshotJsonTests
{
    [Theory]
    [MemberData(nameof(DockerRootCorpus.AllStates), MemberType = typeof(DockerRootCorpus))]
    public void Every_recorded_state_survives_saving_and_loading(string state)
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read(state);

        StorageSnapshot loaded = Load(Save(snapshot));

        Assert.Equal(Save(snapshot), Save(loaded));
        var before = (DockerClassicStore)snapshot.Stores.Value[0];
        var after = (DockerClassicStore)loaded.Stores.Value[0];
        Assert.Equal(before.Layers.Select(layer => (layer.Id, layer.Link, layer.Lower, layer.Diff, layer.WorkContent)), after.Layers.Select(layer => (layer.Id, layer.Link, layer.Lower, layer.Diff, layer.WorkContent)));
        Assert.Equal(before.Containers, after.Containers);
        Assert.Equal(before.References, after.References);
        Assert.Equal(before.Problems, after.Problems);
        Assert.Equal(
            snapshot.Mounts.Value.Entries.Select(mount => (mount.MountId, mount.MountPoint, mount.SuperOptions, snapshot.Mounts.Value.GetVisibility(mount).Status)),
            loaded.Mounts.Value.Entries.Select(mount => (mount.MountId, mount.MountPoint, mount.SuperOptions, loaded.Mounts.Value.GetVisibility(mount).Status)));
    }

    [Fact]
    public void Every_part_survives_with_its_status()
    {
        StorageSnapshot snapshot = SnapshotSamples.Full();

        StorageSnapshot loaded = Load(Save(snapshot));

        Assert.Equal(Save(snapshot), Save(loaded));
        Assert.Equal(snapshot.Time, loaded.Time);
        Assert.Equal(snapshot.HostId, loaded.HostId);
        Assert.Equal(snapshot.MountLimit, loaded.MountLimit);
        Assert.Equal(snapshot.BootId, loaded.BootId);
        Assert.Equal(snapshot.BootTime, loaded.BootTime);
        Assert.Equal(snapshot.Log.Value, loaded.Log.Value);
        Assert.Equal(snapshot.Uppers.Value[0].Marks, loaded.Uppers.Value[0].Marks);
        Assert.Equal(snapshot.FileSystems.Value, loaded.FileSystems.Value);
        Assert.Equal(snapshot.Engine, loaded.Engine);
        Assert.Equal(snapshot.Kernel.Value.Features, loaded.Kernel.Value.Features);
        Assert.Equal(snapshot.Configuration.Value.Files, loaded.Configuration.Value.Files);
        Assert.Equal("mnt failed", loaded.OtherNamespaces.Value[1].Mounts.Reason);
        Assert.Equal(1, loaded.Mounts.Value.BadLineCount);
        Assert.Equal(snapshot.Mounts.Value.BadLines, loaded.Mounts.Value.BadLines);
        Assert.Equal(SnapshotPartStatus.NotTaken, loaded.ConfiguredMounts.Status);
    }

    [Fact]
    public void Parts_that_failed_survive_with_their_reasons()
    {
        StorageSnapshot snapshot = new()
        {
            OtherNamespaces = SnapshotPart.Failed<ImmutableArray<SnapshotNamespace>>("a"),
            ConfiguredMounts = SnapshotPart.Failed<ImmutableArray<ConfiguredMount>>("b"),
            MountLimit = SnapshotPart.Failed<int>("c"),
            Stores = SnapshotPart.Failed<ImmutableArray<ILayerStore>>("d"),
            DriverHomes = SnapshotPart.Failed<ImmutableArray<BytePath>>("e"),
            Uppers = SnapshotPart.Failed<ImmutableArray<UpperScan>>("f"),
            FileSystems = SnapshotPart.Failed<ImmutableArray<SnapshotFileSystem>>("g"),
            Processes = SnapshotPart.Failed<ImmutableArray<SnapshotProcess>>("h"),
            Log = SnapshotPart.Failed<ImmutableArray<LogLine>>("i"),
            Configuration = SnapshotPart.Failed<EngineConfigurationFiles>("j"),
        };

        Assert.Equal(snapshot, Load(Save(snapshot)));
    }

    [Theory]
    [InlineData("otherNamespaces")]
    [InlineData("configuredMounts")]
    [InlineData("stores")]
    [InlineData("driverHomes")]
    [InlineData("uppers")]
    [InlineData("fileSystems")]
    [InlineData("processes")]
    [InlineData("log")]
    public void A_known_list_without_a_value_is_refused(string part) =>
        Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes($$"""{"formatVersion":1,"{{part}}":{"status":"Known"} }""")));

    [Fact]
    public void Compressed_it_is_the_same_and_smaller()
    {
        StorageSnapshot snapshot = CorpusSnapshots.Read("healthy-running");
        using var stream = new MemoryStream();
        snapshot.Save(stream, compress: true);

        Assert.InRange(stream.Length, 1, Save(snapshot).Length / 4);
        Assert.Equal(Save(snapshot), Save(Load(stream.ToArray())));
    }

    [Fact]
    public void What_is_given_by_a_newer_version_is_kept()
    {
        var json = (JsonObject)JsonNode.Parse(Save(SnapshotSamples.Full()))!;
        json["newPart"] = new JsonObject { ["status"] = "Known", ["value"] = new JsonArray(1, 2) };
        ((JsonObject)json["engine"]!["value"]!)["newMember"] = 7;

        var again = (JsonObject)JsonNode.Parse(Save(Load(Encoding.UTF8.GetBytes(json.ToJsonString()))))!;

        Assert.Equal(json["newPart"]!.ToJsonString(), again["newPart"]!.ToJsonString());
    }

    [Theory]
    [InlineData("", "not a snapshot")]
    [InlineData("{", "not a snapshot")]
    [InlineData("[]", "not a snapshot")]
    [InlineData("null", "formatVersion")]
    [InlineData("{}", "formatVersion")]
    [InlineData("""{"formatVersion":2,"future":1}""", "newer version")]
    [InlineData("""{"formatVersion":"1"}""", "$.formatVersion")]
    [InlineData("""{"formatVersion":1,"mounts":7}""", "$.mounts")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Known"}}""", "no value")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Failed"}}""", "no reason")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Known","value":{}}}""", "lines")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Known","value":{"lines":["1 2 x"]}}}""", "mountinfo line 1")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Known","value":{"lines":[null]}}}""", "$.mounts.value.lines[0]")]
    [InlineData("""{"formatVersion":1,"mounts":{"status":"Known","status":"Known"}}""", "Duplicate")]
    [InlineData("""{"formatVersion":1,"stores":{"status":"Known","value":[{}]}}""", "kind")]
    [InlineData("""{"formatVersion":1,"stores":{"status":"Known","value":[null]}}""", "null")]
    [InlineData("""{"formatVersion":1,"stores":{"status":"Known","value":[{"dockerClassic":{"dataRoot":"/r"}}]}}""", "layers")]
    [InlineData("""{"formatVersion":1,"otherNamespaces":{"status":"Known","value":[{"id":1}]}}""", "processes")]
    [InlineData("""{"formatVersion":1,"otherNamespaces":{"status":"Known","value":[{"id":-1,"processes":[]}]}}""", "$.otherNamespaces.value[0].id")]
    [InlineData("""{"formatVersion":1,"uppers":{"status":"Known","value":[{"directory":"/d","marks":[null],"isComplete":true}]}}""", "null")]
    [InlineData("""{"formatVersion":1,"configuration":{"status":"Known","value":{"files":[{"path":"/x","state":"Read","content":"a"}]}}}""", "reason")]
    [InlineData("""{"formatVersion":1,"kernel":{"status":"Known","value":{"formatVersion":1}}}""", "kernel")]
    [InlineData("""{"formatVersion":1,"time":{"status":"Known","value":"yesterday"}}""", "$.time.value")]
    [InlineData("""{"formatVersion":1,"hostId":{"status":"Maybe","value":"x"}}""", "$.hostId.status")]
    [InlineData("""{"formatVersion":1,"hostId":{"status":"Known","value":"\ud800"}}""", "not a snapshot")]
    [InlineData("""{"formatVersion":1,"driverHomes":{"status":"Known","value":[{"base64":"!"}]}}""", "$.driverHomes.value[0]")]
    public void Anything_else_is_refused_with_its_place(string json, string expected)
    {
        SnapshotFormatException e = Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes(json)));

        Assert.Contains(expected, e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_null_in_a_list_of_a_store_is_refused()
    {
        foreach (string list in (string[])["layers", "shortLinks", "imageLayers", "containerLayers", "containers", "images", "buildCache", "readProblems"])
        {
            JsonNode json = JsonNode.Parse(Save(CorpusSnapshots.Read("healthy-running")))!;
            ((JsonArray)json["stores"]!["value"]![0]!["dockerClassic"]![list]!).Add(null);

            SnapshotFormatException e = Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes(json.ToJsonString())));
            Assert.Contains(list, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_absent_member_is_never_a_null()
    {
        JsonNode whole = JsonNode.Parse(Save(SnapshotSamples.Full()))!;
        foreach (string path in Members(whole, ""))
        {
            JsonNode json = whole.DeepClone();
            Remove(json, path);
            try
            {
                _ = Save(Load(Encoding.UTF8.GetBytes(json.ToJsonString())));
            }
            catch (SnapshotFormatException)
            {
                // Refused: that is one of the two answers.
            }
        }
    }

    [Fact]
    public void Deep_json_is_refused_also_where_members_are_unknown()
    {
        string deep = new string('[', 100_000);

        Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes($"{{\"formatVersion\":1,\"x\":{deep}")));
        Assert.Throws<SnapshotFormatException>(() => Load(Encoding.UTF8.GetBytes($"{{\"x\":{deep}")));
    }

    [Fact]
    public void A_file_that_is_too_long_is_refused_before_it_fills_the_memory()
    {
        using var zipped = new MemoryStream();
        using (var stream = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 64; i++)
                stream.Write(new byte[1 << 20]);
        }

        zipped.Position = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        SnapshotFormatException e = Assert.Throws<SnapshotFormatException>(() => StorageSnapshot.Load(zipped, maxLength: 1 << 20));
        Assert.Contains("at most 1048576 bytes", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.Throws<SnapshotFormatException>(() => StorageSnapshot.Load(new MemoryStream(new byte[100]), maxLength: 99));
    }

    /// <summary>A file that was saved can be loaded: names of members that are not known must not become the same.</summary>
    [Theory]
    [InlineData(new byte[] { (byte)'a', 0x8b }, new byte[] { (byte)'a', 0x91 })]
    [InlineData(new byte[] { 0xff, 0xfe }, new byte[] { 0xfe, 0xff })]
    public void Names_that_are_no_text_do_not_spoil_what_is_saved(byte[] one, byte[] other) =>
        Assert.Equal("REDACTED:\"REDACTED\"", SaveUnknown([.. "{\""u8, .. one, .. "\":1,\""u8, .. other, .. "\":2}"u8]));

    [Fact]
    public void Names_of_which_nothing_is_left_do_not_spoil_what_is_saved() => Assert.Equal(
        "REDACTED:\"REDACTED\"", SaveUnknown("""{"ghp_abcdefghijklmnopqrstuvwxyz0123456789":1,"ghp_zyxwvutsrqponmlkjihgfedcba9876543210":2}"""u8));

    [Fact]
    public void An_escape_that_is_no_character_does_not_spoil_what_is_saved() => Assert.Equal("REDACTED:\"REDACTED\"", SaveUnknown("[\"\\uDDDD\"]"u8));

    [Theory]
    [InlineData("{\"formatVersion\":1,\"\\uDDDD\":2}")]
    [InlineData("{\"formatVersion\":1,\"newer\":{\"\\uD800\":2}}")]
    public void A_name_that_is_no_character_is_a_typed_error(string file) =>
        Assert.Throws<SnapshotFormatException>(() => StorageSnapshot.Load(new MemoryStream(Encoding.UTF8.GetBytes(file))));

    /// <returns>What is saved of a member that is not known, after it was loaded, saved and loaded again.</returns>
    private static string SaveUnknown(ReadOnlySpan<byte> value)
    {
        byte[] file = [.. "{\"formatVersion\":1,\"newer\":"u8, .. value, .. "}"u8];
        using var saved = new MemoryStream();
        StorageSnapshot.Load(new MemoryStream(file)).Save(saved);
        saved.Position = 0;
        StorageSnapshot again = StorageSnapshot.Load(saved);
        using var second = new MemoryStream();
        again.Save(second);
        Assert.Equal(saved.ToArray(), second.ToArray());
        return string.Concat(again.UnknownMembers.Select(member => $"{member.Key}:{member.Value.GetRawText()}"));
    }

    /// <summary>Lists of nothing take forty times their length; what a list may hold is bounded before anything is made of it.</summary>
    [Fact]
    public void Too_many_values_are_refused_before_they_fill_the_memory()
    {
        const int MaxLength = 4 << 20;
        byte[] most = Homes(MaxLength / 16 - 3);
        byte[] many = Homes(MaxLength / 16 + 1);
        Assert.InRange(many.Length, 0, MaxLength / 4);

        Assert.Equal(MaxLength / 16 - 3, StorageSnapshot.Load(new MemoryStream(most), MaxLength).DriverHomes.Value.Length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        SnapshotFormatException e = Assert.Throws<SnapshotFormatException>(() => StorageSnapshot.Load(new MemoryStream(many), MaxLength));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxLength);
        Assert.Contains("at most 262144 values", e.Message, StringComparison.Ordinal);

        static byte[] Homes(int count) =>
            Encoding.UTF8.GetBytes("""{"formatVersion":1,"driverHomes":{"status":"Known","value":[""" + string.Join(',', Enumerable.Repeat("\"\"", count)) + "]}}");
    }

    [Fact]
    public void A_cut_compressed_file_is_refused()
    {
        using var stream = new MemoryStream();
        CorpusSnapshots.Read("healthy-running").Save(stream, compress: true);
        byte[] whole = stream.ToArray();
        for (int length = 0; length < whole.Length; length += 97)
            Assert.Throws<SnapshotFormatException>(() => Load(whole[..length]));
    }

    [Fact]
    public void Bytes_that_are_no_text_survive_everywhere()
    {
        var odd = new ByteString([0xff, 0x20, 0x5c, 0x0a, 0x22, 0x01]);
        MountTable mounts = MountTable.Parse(Encoding.Latin1.GetBytes("1 0 0:1 / /\u00ff\\040\\134\\012a rw - overlay  rw,lowerdir=/\u00fe\\054b\n"));
        var snapshot = new StorageSnapshot
        {
            Mounts = SnapshotPart.Known(mounts),
            DriverHomes = SnapshotPart.Known(ImmutableArray.Create(new BytePath(odd))),
        };

        StorageSnapshot loaded = Load(Save(snapshot));

        Assert.Equal(odd, loaded.DriverHomes.Value[0].Bytes);
        MountEntry mount = Assert.Single(loaded.Mounts.Value.Entries);
        Assert.Equal(mounts.Entries[0].MountPoint, mount.MountPoint);
        Assert.Equal(mounts.Entries[0].SuperOptions, mount.SuperOptions);
        Assert.True(mount.Source.IsEmpty);
    }

    private static IEnumerable<string> Members(JsonNode node, string path)
    {
        IEnumerable<(string Name, JsonNode? Value)> children = node switch
        {
            JsonObject members => members.Select(member => (member.Key, member.Value)),
            JsonArray items => items.Take(1).Select(item => ("0", item)),
            _ => [],
        };
        foreach ((string name, JsonNode? value) in children)
        {
            string own = $"{path}\n{name}";
            yield return own;
            if (value is null)
                continue;
            foreach (string below in Members(value, own))
                yield return below;
        }
    }

    private static void Remove(JsonNode json, string path)
    {
        string[] names = path.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string name in names[..^1])
            json = json is JsonArray items ? items[0]! : json[name]!;
        if (json is JsonArray list)
            list.RemoveAt(0);
        else
            ((JsonObject)json).Remove(names[^1]);
    }

    private static byte[] Save(StorageSnapshot snapshot)
    {
        using var stream = new MemoryStream();
        snapshot.Save(stream);
        return stream.ToArray();
    }

    private static StorageSnapshot Load(byte[] file) => StorageSnapshot.Load(new MemoryStream(file));
}
