using System.Text.Json;
using System.Text.Json.Serialization;
using Overlay2.Storage.Repair.Journal;

namespace Overlay2.Storage.Repair;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 32)]
[JsonSerializable(typeof(PlanFile))]
[JsonSerializable(typeof(RepairPlan))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(System.Collections.Immutable.ImmutableArray<RepairStep>))]
internal sealed partial class RepairJsonContext : JsonSerializerContext
{
    /// <summary>The same, for people: made anew each time, since the order in which statics are made is not ours.</summary>
    public static RepairJsonContext Indented => new(new JsonSerializerOptions(Default.Options) { WriteIndented = true });
}
