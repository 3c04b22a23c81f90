using System.Text.Json;
using Overlay2.Storage.Engines.Files;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>Makes recorded trees of files that all hold the input.</summary>
internal static class RecordedTree
{
    public static RecordedFileTree Of(string root, IEnumerable<string> directories, IEnumerable<string> files, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("root", root);
            json.WriteStartArray("entries");
            foreach (string path in directories)
                Write(json, path, "dir", null);
            foreach (string path in files)
                Write(json, path, "file", content);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return RecordedFileTree.Parse(stream.ToArray());
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
