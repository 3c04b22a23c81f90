using System.Globalization;
using System.Text.Json;

namespace Overlay2.Storage.TestShared;

/// <summary>A sound root directory of an engine of any size, as a recorded tree: images of thirty layers, each container on one of them.</summary>
internal static class SyntheticDockerRoot
{
    private const int LayersPerImage = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <param name="layers">Layer directories in all; a container has two of them.</param>
    /// <param name="containers">Containers.</param>
    public static byte[] Write(int layers, int containers)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("root", "/var/lib/docker");
            json.WriteStartArray("entries");
            foreach (string directory in (string[])["image", "image/overlay2", "image/overlay2/layerdb", "image/overlay2/layerdb/sha256", "image/overlay2/layerdb/mounts", "containers", "overlay2", "overlay2/l"])
                Entry(json, directory, "dir");
            int imageLayers = layers - (2 * containers);
            for (int i = 0; i < imageLayers; i++)
                WriteImageLayer(json, i);
            for (int i = 0; i < containers; i++)
                WriteContainer(json, i, imageLayers + (2 * i), i * LayersPerImage % imageLayers / LayersPerImage * LayersPerImage, imageLayers);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteImageLayer(Utf8JsonWriter json, int number)
    {
        int depth = number % LayersPerImage;
        WriteLayer(json, number, Id(number), [.. Enumerable.Range(1, depth).Select(below => number - below)]);
        string directory = $"image/overlay2/layerdb/sha256/{Chain(number)}";
        Entry(json, directory, "dir");
        Entry(json, $"{directory}/cache-id", "file", Id(number));
        Entry(json, $"{directory}/diff", "file", $"sha256:{(depth == 0 ? Chain(number) : Id(number))}");
        Entry(json, $"{directory}/size", "file", "1000");
        if (depth > 0)
            Entry(json, $"{directory}/parent", "file", $"sha256:{Chain(number - 1)}");
    }

    private static void WriteContainer(Utf8JsonWriter json, int container, int number, int lowest, int imageLayers)
    {
        int top = Math.Min(lowest + LayersPerImage, imageLayers) - 1;
        int[] image = [.. Enumerable.Range(0, top - lowest + 1).Select(below => top - below)];
        WriteLayer(json, number, Id(number) + "-init", image);
        WriteLayer(json, number + 1, Id(number), [number, .. image]);
        string id = Chain(1_000_000 + container);
        string mounts = $"image/overlay2/layerdb/mounts/{id}";
        Entry(json, mounts, "dir");
        Entry(json, $"{mounts}/mount-id", "file", Id(number));
        Entry(json, $"{mounts}/init-id", "file", Id(number) + "-init");
        Entry(json, $"{mounts}/parent", "file", $"sha256:{Chain(top)}");
        Entry(json, $"containers/{id}", "dir");
        Entry(json, $"containers/{id}/config.v2.json", "file", "{\"State\":{\"Running\":true,\"Pid\":7,\"Health\":null},\"Name\":\"/c\",\"Driver\":\"overlay2\",\"Config\":{\"Env\":[\"A=B\"]}}");
        Entry(json, $"containers/{id}/hostconfig.json", "file", "{\"RestartPolicy\":{\"Name\":\"always\"}}");
    }

    private static void WriteLayer(Utf8JsonWriter json, int number, string id, int[] below)
    {
        string directory = $"overlay2/{id}";
        Entry(json, directory, "dir");
        Entry(json, $"{directory}/diff", "dir");
        Entry(json, $"{directory}/link", "file", ShortName(number));
        if (below.Length > 0)
        {
            Entry(json, $"{directory}/work", "dir");
            Entry(json, $"{directory}/lower", "file", string.Join(':', below.Select(other => "l/" + ShortName(other))));
        }

        json.WriteStartObject();
        json.WriteString("path", $"overlay2/l/{ShortName(number)}");
        json.WriteString("type", "symlink");
        json.WriteString("target", $"../{id}/diff");
        json.WriteEndObject();
    }

    private static void Entry(Utf8JsonWriter json, string path, string type, string? text = null)
    {
        json.WriteStartObject();
        json.WriteString("path", path);
        json.WriteString("type", type);
        if (text is not null)
        {
            json.WriteNumber("size", text.Length);
            json.WriteString("text", text);
        }

        json.WriteEndObject();
    }

    private static string Id(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    private static string Chain(int number) => (number + 0x10000000).ToString("x64", CultureInfo.InvariantCulture);

    private static string ShortName(int number) => new([.. Enumerable.Range(0, 26).Select(place => Base32[place < 6 ? (number >> (5 * place)) & 31 : 0])]);
}
