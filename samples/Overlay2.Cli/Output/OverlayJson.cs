using System.Text.Json;

namespace Overlay2.Cli.Output;

internal static class OverlayJson
{
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> superOptions)
    {
        json.WriteStartObject("overlay");
        json.WriteEndObject();
    }
}
