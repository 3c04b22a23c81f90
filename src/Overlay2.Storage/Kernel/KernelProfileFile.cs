using System.Text.Json.Serialization;

namespace Overlay2.Storage.Kernel;

/// <summary>The members of a profile file; <see cref="Kind"/> tells a recording from a file of this library.</summary>
internal sealed class KernelProfileFile
{
    public int FormatVersion { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Kind { get; init; }

    public string? Kernel { get; init; }

    public string? Release { get; init; }

    /// <summary>A recording says <c>version</c> for this text, so the name is spelled out.</summary>
    public string? VersionText { get; init; }

    public string? Machine { get; init; }

    public Dictionary<string, string>? Parameters { get; init; }

    public string[]? KernelConfig { get; init; }

    public string[]? FileSystems { get; init; }

    public Dictionary<string, FeatureEvidence>? Features { get; init; }
}
