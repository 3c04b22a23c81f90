using System.Text.Json.Serialization;

namespace Overlay2.Storage.Benchmarks.Simulator;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SimulatorReport))]
internal sealed partial class SimulatorJsonContext : JsonSerializerContext;
