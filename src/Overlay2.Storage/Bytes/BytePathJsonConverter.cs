using System.Text.Json;
using System.Text.Json.Serialization;

namespace Overlay2.Storage.Bytes;

/// <summary>Writes a <see cref="BytePath"/> as its <see cref="ByteString"/>.</summary>
public sealed class BytePathJsonConverter : JsonConverter<BytePath>
{
    private static readonly ByteStringJsonConverter s_bytes = new();

    /// <inheritdoc/>
    /// <exception cref="JsonException">Not a form that <see cref="ByteStringJsonConverter"/> reads.</exception>
    public override BytePath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(s_bytes.Read(ref reader, typeof(ByteString), options));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, BytePath value, JsonSerializerOptions options) =>
        s_bytes.Write(writer, value.Bytes, options);
}
