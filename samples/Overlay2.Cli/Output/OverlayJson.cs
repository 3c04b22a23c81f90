using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Cli.Output;

/// <summary>The member <c>overlay</c> of a mount in JSON.</summary>
internal static class OverlayJson
{
    public static void Write(Utf8JsonWriter json, OverlayLayers overlay)
    {
        json.WriteStartObject("overlay");
        WritePaths(json, "lower", overlay.Lower);
        WritePaths(json, "data", overlay.Data);
        WritePath(json, "upper", overlay.Upper);
        WritePath(json, "work", overlay.Work);
        json.WriteStartObject("flags");
        foreach ((ByteString name, ByteString? value) in overlay.Flags)
        {
            SurrogateEscape.WriteName(json, name.Span);
            if (value is { } text)
                SurrogateEscape.WriteValue(json, text.Span);
            else
                json.WriteBooleanValue(true);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePaths(Utf8JsonWriter json, string name, List<BytePath> paths)
    {
        json.WriteStartArray(name);
        foreach (BytePath path in paths)
            SurrogateEscape.WriteValue(json, path.Span);
        json.WriteEndArray();
    }

    private static void WritePath(Utf8JsonWriter json, string name, BytePath? path)
    {
        if (path is { } known)
            SurrogateEscape.WriteProperty(json, name, known.Span);
        else
            json.WriteNull(name);
    }
}
