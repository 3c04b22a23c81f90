using System.Text.Json;
using Overlay2.Storage.Stores;
using Overlay2.Storage.Stores.Files;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Any file in the place of containerd's databases gives records, each in bounds, or typed problems.</summary>
internal static class ContainerdTarget
{
    private const int MostRecords = 1000;

    public static void Run(byte[] input)
    {
        BoltTarget.Seal(input);
        var places = ContainerdPlaces.Of(ContainerdNames.DefaultRoot);
        RecordedFileTree root = RecordedFileTree.Parse(Tree(ContainerdNames.Metadata.ToString(), input, "io.containerd.metadata.v1.bolt"));
        RecordedFileTree home = RecordedFileTree.Parse(Tree("metadata.db", input, "snapshots", "snapshots/1", "snapshots/1/fs", "snapshots/2", "snapshots/new-3"));
        var options = new StoreReadOptions { MaxDirectoryEntries = MostRecords };
        ContainerdSnapshotStore store = ContainerdSnapshotStore.Read(new ContainerdTrees(root, home, State: null), places, [], options, CancellationToken.None);
        if (store.Snapshots.Count > MostRecords || store.SnapshotNames.Count + store.Containers.Count + store.Images.Count + store.Leases.Count + store.Namespaces.Count > MostRecords)
            throw new InvalidOperationException("More records than the limit.");
        if (store.References.Count != store.Snapshots.Count || store.FindUnreferencedLayers().Count > store.Layers.Count)
            throw new InvalidOperationException("References that are none.");
        foreach (ContainerdSnapshot snapshot in store.Snapshots)
        {
            if (store.GetLowerLayerIds(snapshot.LayerId).Count >= store.Snapshots.Count)
                throw new InvalidOperationException("A chain that is longer than the store.");
        }
    }

    private static byte[] Tree(string database, byte[] content, params string[] directories)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("root", "/var/lib/containerd");
            json.WriteStartArray("entries");
            foreach (string directory in directories)
                Write(json, directory, "dir", null);
            Write(json, database, "file", content);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string path, string type, byte[]? content)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("type", type);
        if (content is not null)
            json.WriteBase64String("base64", content);
        json.WriteEndObject();
    }
}
