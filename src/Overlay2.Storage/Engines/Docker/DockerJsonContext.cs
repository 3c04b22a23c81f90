using System.Text.Json.Serialization;

namespace Overlay2.Storage.Engines.Docker;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(DockerClassicStore))]
internal sealed partial class DockerJsonContext : JsonSerializerContext;
