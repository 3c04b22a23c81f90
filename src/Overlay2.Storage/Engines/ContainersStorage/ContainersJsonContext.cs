using System.Text.Json.Serialization;

namespace Overlay2.Storage.Engines.ContainersStorage;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainersStorageStore))]
internal sealed partial class ContainersJsonContext : JsonSerializerContext;
