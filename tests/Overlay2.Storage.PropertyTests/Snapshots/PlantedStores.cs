using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.TestShared;

namespace Overlay2.Storage.PropertyTests.Snapshots;

/// <summary>A host on disk with a store of every kind, in which every level of every record has members that no reader knows.</summary>
internal sealed class PlantedStores : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("overlay2-planted-").FullName;
    private readonly string _word;

    public PlantedStores(string word)
    {
        _word = word;
        WriteDocker();
        WriteContainersStorage();
        WriteContainerd();
    }

    public BytePath Root => BytePath.FromText(_root);

    /// <summary>Adds unknown members to every object, those in lists and in members included.</summary>
    public static void Plant(JsonNode? node, string word, params string[] exceptIn)
    {
        if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
                Plant(item, word, exceptIn);
        }

        if (node is not JsonObject members)
            return;
        foreach ((string name, JsonNode? member) in members.ToArray())
        {
            if (!exceptIn.Contains(name, StringComparer.Ordinal))
                Plant(member, word, exceptIn);
        }

        members[$"{word}Text"] = word;
        members[$"{word}Object"] = new JsonObject { [word] = new JsonArray(word) };
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void WriteDocker()
    {
        using JsonDocument document = JsonDocument.Parse(SyntheticDockerRoot.Write(layers: 5, containers: 1));
        foreach (JsonElement entry in document.RootElement.GetProperty("entries").EnumerateArray())
        {
            string path = $"var/lib/docker/{entry.GetProperty("path").GetString()}";
            if (entry.GetProperty("type").GetString() == "dir")
                Directory.CreateDirectory(Path.Combine(_root, path));
            else if (entry.GetProperty("type").GetString() == "symlink")
                File.CreateSymbolicLink(Path.Combine(_root, path), entry.GetProperty("target").GetString()!);
            else if (path.EndsWith(".json", StringComparison.Ordinal))
                WriteJson(path, entry.GetProperty("text").GetString()!);
            else
                Write(path, Encoding.UTF8.GetBytes(entry.GetProperty("text").GetString()!));
        }

        string image = new('1', 64);
        WriteJson($"var/lib/docker/image/overlay2/imagedb/content/sha256/{image}", """{"config":{"Env":["A=B"]},"rootfs":{"type":"layers","diff_ids":["sha256:1"]},"history":[{"created":"x"}]}""");
        WriteJson("var/lib/docker/image/overlay2/repositories.json", $$"""{"Repositories":{"app":{"app:1":"sha256:{{image}}"} } }""");
        WriteBolt("var/lib/docker/buildkit/snapshots.db", new BoltWriter.Bucket
        {
            ["key"] = new BoltWriter.Bucket { ["parent"] = Bytes("below"), ["committed"] = Bytes("made"), ["chainid"] = Bytes("sha256:1") },
        });
        WriteJson("etc/docker/daemon.json", """{"storage-driver":"overlay2","log-opts":{"max-size":"1m"}}""");
    }

    private void WriteContainersStorage()
    {
        const string Store = "var/lib/containers/storage";
        string layer = new('a', 64);
        Directory.CreateDirectory(Path.Combine(_root, Store, "overlay", layer, "diff"));
        Directory.CreateDirectory(Path.Combine(_root, Store, "overlay", layer, _word));
        WriteJson($"{Store}/overlay-layers/layers.json", $$"""[{"id":"{{layer}}","names":["l"],"flags":{"incomplete":true} }]""");
        WriteJson($"{Store}/overlay-layers/volatile-layers.json", """[{"id":"v","metadata":{"a":{"b":1} } }]""");
        WriteJson($"{Store}/overlay-containers/containers.json", $$"""[{"id":"c","names":["web"],"image":"i","layer":"{{layer}}","flags":{"MountLabel":"x"} }]""");
        WriteJson($"{Store}/overlay-images/images.json", $$"""[{"id":"i","names":["localhost/app:1"],"layer":"{{layer}}","big-data-digests":{"manifest":"sha256:1"} }]""");
    }

    private void WriteContainerd()
    {
        const string Store = "var/lib/containerd";
        Directory.CreateDirectory(Path.Combine(_root, Store, "io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs"));
        WriteBolt($"{Store}/io.containerd.snapshotter.v1.overlayfs/metadata.db", new BoltWriter.Bucket
        {
            ["v1"] = new BoltWriter.Bucket
            {
                ["snapshots"] = new BoltWriter.Bucket
                {
                    ["default/1/a"] = new BoltWriter.Bucket { ["id"] = new byte[] { 1 }, ["kind"] = new byte[] { 2 }, ["parent"] = Bytes(""), ["labels"] = new BoltWriter.Bucket { ["l"] = Bytes("x") } },
                },
            },
        });
        WriteBolt($"{Store}/io.containerd.metadata.v1.bolt/meta.db", new BoltWriter.Bucket
        {
            ["v1"] = new BoltWriter.Bucket
            {
                ["default"] = new BoltWriter.Bucket
                {
                    ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = new BoltWriter.Bucket { ["a"] = new BoltWriter.Bucket { ["name"] = Bytes("default/1/a") } } },
                    ["containers"] = new BoltWriter.Bucket { ["c"] = new BoltWriter.Bucket { ["image"] = Bytes("app:1"), ["snapshotter"] = Bytes("overlayfs"), ["snapshotKey"] = Bytes("a"), ["spec"] = Bytes("{}") } },
                    ["images"] = new BoltWriter.Bucket { ["app:1"] = new BoltWriter.Bucket { ["target"] = new BoltWriter.Bucket { ["digest"] = Bytes("sha256:1") } } },
                    ["leases"] = new BoltWriter.Bucket { ["l"] = new BoltWriter.Bucket { ["snapshots"] = new BoltWriter.Bucket { ["overlayfs"] = new BoltWriter.Bucket { ["a"] = Array.Empty<byte>() } } } },
                },
            },
        });
        Write($"run/containerd/io.containerd.runtime.v2.task/default/{_word}/init.pid", Bytes(_word));
    }

    private void WriteBolt(string path, BoltWriter.Bucket root)
    {
        Plant(root);
        Write(path, new BoltWriter().Write(root));
    }

    private void Plant(BoltWriter.Bucket bucket)
    {
        foreach (BoltWriter.Bucket inner in bucket.Values.OfType<BoltWriter.Bucket>().ToArray())
            Plant(inner);
        bucket[$"{_word}value"] = Bytes(_word);
        bucket[$"{_word}bucket"] = new BoltWriter.Bucket { [_word] = Bytes(_word) };
    }

    private void WriteJson(string path, string json)
    {
        JsonNode node = JsonNode.Parse(json)!;
        Plant(node, _word);
        Write(path, Encoding.UTF8.GetBytes(node.ToJsonString()));
    }

    private void Write(string path, byte[] content)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
