using System.Text.Json;
using System.Text.Json.Serialization;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;

namespace Overlay2.Storage.Snapshots;

/// <summary>Asks the engines which member of a snapshot file holds a store of theirs, and of which type it is.</summary>
internal sealed class LayerStoreFileConverter : JsonConverter<LayerStoreFile>
{
    public override void Write(Utf8JsonWriter writer, LayerStoreFile value, JsonSerializerOptions options)
    {
        StorageEngine engine = value.Store.Engine;
        writer.WriteStartObject();
        writer.WritePropertyName(engine.FileMember);
        JsonSerializer.Serialize(writer, value.Store, SnapshotJson.Stores.GetTypeInfo(engine.StoreType)); // Not the options given: generated code passes those of its own types.
        writer.WriteEndObject();
    }

    public override LayerStoreFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("A store is an object.");

        ILayerStore? store = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string member = reader.GetString()!;
            reader.Read();
            StorageEngine? engine = KnownEngines.All.FirstOrDefault(engine => engine.FileMember == member);
            if (engine is null)
                reader.Skip();
            else if (store is not null)
                throw new JsonException($"The member {member} is a second store where one belongs.");
            else
                store = ReadStore(ref reader, engine, options);
        }

        return new LayerStoreFile(store ?? throw new JsonException("A store is of a kind that this version does not know."));
    }

    /// <summary>The place that an error names begins at the store's own object.</summary>
    private static ILayerStore? ReadStore(ref Utf8JsonReader reader, StorageEngine engine, JsonSerializerOptions options)
    {
        try
        {
            var store = (ILayerStore?)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(engine.StoreType));
            return store is null or { DataRoot.IsAbsolute: true, DriverHome.IsAbsolute: true } ? store : throw new JsonException("The directories of a store are absolute paths.");
        }
        catch (JsonException e)
        {
            string place = e.Path is ['$', .. var path] && !e.Message.Contains(e.Path, StringComparison.Ordinal) ? path : "";
            throw new JsonException($"{engine.FileMember}{place}: {e.Message}", e);
        }
    }
}
