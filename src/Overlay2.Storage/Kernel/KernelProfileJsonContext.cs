using System.Text.Json.Serialization;

namespace Overlay2.Storage.Kernel;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(KernelProfileFile))]
[JsonSerializable(typeof(KernelProfileRecording))]
internal sealed partial class KernelProfileJsonContext : JsonSerializerContext;
