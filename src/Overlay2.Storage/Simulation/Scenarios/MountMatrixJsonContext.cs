using System.Text.Json.Serialization;

namespace Overlay2.Storage.Simulation.Scenarios;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 8)]
[JsonSerializable(typeof(MountMatrixCase))]
internal sealed partial class MountMatrixJsonContext : JsonSerializerContext;
