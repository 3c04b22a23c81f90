using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Overlay2.Storage.Tests;

namespace Overlay2.Storage.CrashTests.Damages;

/// <summary>A store of the Docker Engine that was recorded, laid out again: images, and two containers that do not run. Its owners, modes and attributes
/// are such that nothing has them by default.</summary>
internal sealed class RecordedStore(string root)
{
    private const string KernelsOwn = "/work/work"; // What the kernel makes itself.
    private const uint User = 1000;
    private const uint Group = 1001;

    private static readonly Lazy<JsonElement[]> s_entries = new(Load);

    /// <summary>The engine's root directory.</summary>
    public string Root => root;

    public string Home => $"{root}/overlay2";

    public string Links => $"{Home}/l";

    public string LayerDatabase => $"{root}/image/overlay2/layerdb";

    /// <summary>The records of the containers' layers, in order.</summary>
    public string[] ContainerRecords => [.. Directory.GetDirectories($"{LayerDatabase}/mounts").Order(StringComparer.Ordinal)];

    /// <summary>The directory of a layer that an image has and that is on another one.</summary>
    public string ImageLayer => Directory.GetDirectories(Home).Order(StringComparer.Ordinal)
        .First(layer => File.Exists($"{layer}/committed") && File.Exists($"{layer}/lower") && !layer.EndsWith("-init", StringComparison.Ordinal));

    /// <summary>The directory of the layer of a container, by the container's number.</summary>
    public string ContainerLayer(int index) => $"{Home}/{File.ReadAllText($"{ContainerRecords[index]}/mount-id")}";

    /// <summary>The short link of a layer.</summary>
    public string LinkOf(string layer) => $"{Links}/{File.ReadAllText($"{layer}/link")}";

    /// <summary>Lays the whole store out, in the place of what is there.</summary>
    public void Write()
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        Directory.CreateDirectory(root);
        foreach (JsonElement entry in s_entries.Value)
            Make(entry);
        foreach (JsonElement entry in s_entries.Value.Reverse().Where(entry => TypeOf(entry) != "symlink"))
            File.SetUnixFileMode(PathOf(entry), (UnixFileMode)Convert.ToInt32(entry.GetProperty("mode").GetString()![2..], 8));
        MarkEverything();
    }

    /// <summary>A link that is made again gets the owner of its directory: all of them have it.</summary>
    public void OwnLinks()
    {
        foreach (string link in Directory.GetFileSystemEntries(Links))
            Native.ChangeOwner(link, User, Group);
    }

    private void MarkEverything()
    {
        foreach (string layer in Directory.GetDirectories(Home))
        {
            foreach (string name in (ReadOnlySpan<string>)["link", "lower", "work"])
            {
                string path = $"{layer}/{name}";
                if (!Path.Exists(path))
                    continue;
                Native.ChangeOwner(path, User, Group);
                File.SetUnixFileMode(path, (UnixFileMode)(name == "work" ? 0b111_001_001 : 0b110_100_000));
                Native.SetAttribute(path, "user.note", "\0of the store"u8);
            }
        }

        Native.ChangeOwner(Home, 0, Group);
        Native.ChangeOwner(Links, User, Group);
        OwnLinks();
    }

    private void Make(JsonElement entry)
    {
        string path = PathOf(entry);
        switch (TypeOf(entry))
        {
            case "dir":
                Directory.CreateDirectory(path);
                break;
            case "symlink":
                File.CreateSymbolicLink(path, entry.GetProperty("target").GetString()!);
                break;
            case "file":
                File.WriteAllBytes(path, ContentOf(entry));
                break;
            default:
                Native.MakeCharacterDevice(path);
                break;
        }

        Native.ChangeOwner(path, entry.GetProperty("uid").GetUInt32(), entry.GetProperty("gid").GetUInt32());
        if (entry.TryGetProperty("xattrs", out JsonElement attributes) && attributes.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty attribute in attributes.EnumerateObject())
                Native.SetAttribute(path, attribute.Name, attribute.Value.GetBytesFromBase64());
        }
    }

    /// <summary>The recorded bytes; zeros where only the length was recorded.</summary>
    private static byte[] ContentOf(JsonElement entry)
    {
        byte[] recorded = entry.TryGetProperty("text", out JsonElement text) ? Encoding.UTF8.GetBytes(text.GetString()!)
            : entry.TryGetProperty("base64", out JsonElement bytes) ? bytes.GetBytesFromBase64()
            : [];
        Array.Resize(ref recorded, entry.GetProperty("size").GetInt32());
        return recorded;
    }

    private string PathOf(JsonElement entry) => $"{root}/{entry.GetProperty("path").GetString()}";

    private static string? TypeOf(JsonElement entry) => entry.GetProperty("type").GetString();

    private static JsonElement[] Load()
    {
        using FileStream file = File.OpenRead(Repository.Data("docker-root", "healthy-stopped", "tree.json.gz"));
        using var text = new GZipStream(file, CompressionMode.Decompress);
        using var document = JsonDocument.Parse(text);
        return [.. document.RootElement.GetProperty("entries").Clone().EnumerateArray().Where(entry => !entry.GetProperty("path").GetString()!.Contains(KernelsOwn, StringComparison.Ordinal))];
    }
}
