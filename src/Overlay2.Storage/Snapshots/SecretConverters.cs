using System.Text.Json;
using System.Text.Json.Serialization;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration.Secrets;

namespace Overlay2.Storage.Snapshots;

/// <summary>Writes every text of a store without secrets, whichever engine's it is and whatever members that has.</summary>
internal static class SecretConverters
{
    /// <summary>Those for the three types that texts of a store have.</summary>
    public static JsonConverter[] All { get; } = [new TextConverter(), new BytesConverter(), new PathConverter()];

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(SecretFilter.Name(value));
    }

    private sealed class BytesConverter : JsonConverter<ByteString>
    {
        private static readonly ByteStringJsonConverter s_bytes = new();

        public override ByteString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => s_bytes.Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, ByteString value, JsonSerializerOptions options) => s_bytes.Write(writer, SecretFilter.Name(value), options);
    }

    private sealed class PathConverter : JsonConverter<BytePath>
    {
        private static readonly BytePathJsonConverter s_paths = new();

        public override BytePath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => s_paths.Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, BytePath value, JsonSerializerOptions options) => s_paths.Write(writer, SecretFilter.Path(value), options);
    }
}
