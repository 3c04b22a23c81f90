using System.Text.Json.Serialization;

namespace Overlay2.Storage.Snapshots;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(SnapshotFile))]
[JsonSerializable(typeof(SnapshotHeader))]
internal sealed partial class SnapshotJsonContext : JsonSerializerContext;
