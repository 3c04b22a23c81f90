using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Overlay2.Storage.Bytes;

/// <summary>Writes a <see cref="ByteString"/> as a JSON string where it is UTF-8, else as <c>{"base64":"…"}</c>.</summary>
public sealed class ByteStringJsonConverter : JsonConverter<ByteString>
{
    private static readonly JsonEncodedText s_base64 = JsonEncodedText.Encode("base64"u8);

    /// <inheritdoc/>
    /// <exception cref="JsonException">Neither of the two forms.</exception>
    public override ByteString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            byte[] buffer = new byte[reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length];
            int length;
            try
            {
                length = reader.CopyString(buffer);
            }
            catch (InvalidOperationException e)
            {
                throw new JsonException("A string that is not valid text; bytes that are not UTF-8 are written as {\"base64\":…}.", e);
            }

            return ByteString.Wrap(buffer.AsMemory(0, length));
        }

        if (reader.TokenType != JsonTokenType.StartObject
            || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(s_base64.EncodedUtf8Bytes)
            || !reader.Read() || reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out byte[]? bytes)
            || !reader.Read() || reader.TokenType != JsonTokenType.EndObject)
        {
            throw new JsonException("Bytes are written as a string or as {\"base64\":\"…\"}.");
        }

        return ByteString.Wrap(bytes);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ByteString value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (Utf8.IsValid(value.Span))
        {
            writer.WriteStringValue(value.Span);
            return;
        }

        writer.WriteStartObject();
        writer.WriteBase64String(s_base64, value.Span);
        writer.WriteEndObject();
    }
}
