using System.Text.Json.Serialization;

namespace Overlay2.Storage.Engines.Containerd;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ContainerdSnapshotStore))]
internal sealed partial class ContainerdJsonContext : JsonSerializerContext;
