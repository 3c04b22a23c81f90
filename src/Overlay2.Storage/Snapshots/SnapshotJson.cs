using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Engines.Known;

namespace Overlay2.Storage.Snapshots;

/// <summary>Reads and writes the JSON of snapshots.</summary>
internal static class SnapshotJson
{
    /// <summary>How a file is written and read: strictly, so that nothing of it can be null that the types do not allow.</summary>
    public static JsonTypeInfo<SnapshotFile> File { get; } = Create();

    /// <summary>How the mounts of another namespace are written, a part of it.</summary>
    public static JsonTypeInfo<PartFile<MountTableFile>> NamespaceMounts { get; } = (JsonTypeInfo<PartFile<MountTableFile>>)File.Options.GetTypeInfo(typeof(PartFile<MountTableFile>));

    /// <summary>How the stores in it are written.</summary>
    public static JsonSerializerOptions Stores { get; } = CreateForStores();

    /// <param name="file">What is written.</param>
    /// <param name="maxLength">So many bytes are kept at most.</param>
    public static JsonPieces Write(SnapshotFile file, int maxLength) => Write(file, File, maxLength);

    /// <summary>How much of a file something takes.</summary>
    public static SnapshotSize Measure<T>(T value, JsonTypeInfo<T> type) => Write(value, type, maxLength: 0).Size;

    private static JsonPieces Write<T>(T value, JsonTypeInfo<T> type, int maxLength)
    {
        var pieces = new JsonPieces(maxLength);
        using (var writer = new Utf8JsonWriter(pieces, new JsonWriterOptions { Encoder = type.Options.Encoder, Indented = type.Options.WriteIndented, MaxDepth = type.Options.MaxDepth, SkipValidation = true }))
            JsonSerializer.Serialize(writer, value, type);
        pieces.EndPiece();
        return pieces;
    }

    /// <exception cref="SnapshotFormatException">Not a snapshot.</exception>
    public static StorageSnapshot Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            SnapshotHeader? header = JsonSerializer.Deserialize(json, SnapshotJsonContext.Default.SnapshotHeader);
            if (header?.FormatVersion != SnapshotFile.CurrentVersion)
                throw new SnapshotFormatException($"The member formatVersion is not {SnapshotFile.CurrentVersion}: not a snapshot, or one of a newer version.");
            return JsonSerializer.Deserialize(json, File)!.ToSnapshot();
        }
        catch (JsonException e)
        {
            string place = e.Path is { Length: > 0 } path && !e.Message.Contains(path, StringComparison.Ordinal) ? $" ({path})" : "";
            throw new SnapshotFormatException($"Not a snapshot: {e.Message}{place}", e);
        }
        catch (FormatException e) when (e is not SnapshotFormatException)
        {
            throw new SnapshotFormatException($"Not a snapshot: {e.Message}", e);
        }
    }

    private static JsonTypeInfo<SnapshotFile> Create()
    {
        IJsonTypeInfoResolver[] resolvers = [SnapshotJsonContext.Default, .. KnownEngines.All.Select(engine => engine.FileTypes)];
        var options = new JsonSerializerOptions(SnapshotJsonContext.Default.Options)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(resolvers).WithAddedModifier(BeStrict),
        };
        return (JsonTypeInfo<SnapshotFile>)options.GetTypeInfo(typeof(SnapshotFile));
    }

    private static JsonSerializerOptions CreateForStores()
    {
        var options = new JsonSerializerOptions(File.Options);
        foreach (JsonConverter converter in SecretConverters.All)
            options.Converters.Add(converter);
        return options;
    }

    /// <summary>The generated code leaves absent members null and lets null into lists: both are errors here.</summary>
    private static void BeStrict(JsonTypeInfo type)
    {
        // The value of a part belongs to its status: SnapshotFile looks at both.
        if (type.Kind != JsonTypeInfoKind.Object || (type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(PartFile<>)))
            return;
        foreach (JsonPropertyInfo property in type.Properties)
        {
            bool isList = typeof(IEnumerable).IsAssignableFrom(property.PropertyType);
            if (!property.IsExtensionData && property.Set is not null && !property.IsSetNullable && (isList || !property.PropertyType.IsValueType))
                property.IsRequired = true;
        }

        JsonPropertyInfo[] lists = [.. type.Properties.Where(property => property.Get is not null && typeof(IEnumerable<object>).IsAssignableFrom(property.PropertyType))];
        if (lists.Length > 0)
            type.OnDeserialized = value => RefuseNull(value, lists);
    }

    private static void RefuseNull(object value, JsonPropertyInfo[] lists)
    {
        foreach (JsonPropertyInfo list in lists)
        {
            if (list.Get!(value) is IEnumerable<object?> items && items.Contains(null))
                throw new JsonException($"The list {list.Name} holds a null.");
        }
    }
}
