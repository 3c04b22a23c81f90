using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Snapshots;

public sealed partial record EngineInfo
{
    /// <summary>Reads the answer of the engine's <c>/info</c>, as <c>docker info --format '{{json .}}'</c> prints it.</summary>
    /// <param name="json">The JSON; members of other types than the engine's say nothing.</param>
    /// <exception cref="JsonException">Not a JSON object.</exception>
    public static EngineInfo Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement info = document.RootElement;
        if (info.ValueKind != JsonValueKind.Object)
            throw new JsonException("What an engine says of itself is a JSON object.");

        Dictionary<string, string> status = ReadStatus(info);
        string? driverType = status.GetValueOrDefault("driver-type");
        return new EngineInfo
        {
            Version = Text(info, "ServerVersion"),
            Driver = Text(info, "Driver"),
            DataRoot = BytePath.FromText(Text(info, "DockerRootDir")),
            BackingFileSystem = status.GetValueOrDefault("Backing Filesystem", ""),
            UsesNativeDiff = Flag(status, "Native Overlay Diff"),
            ReportsEntryTypes = Flag(status, "Supports d_type"),
            UsesContainerdStore = status.Count == 0 ? null : driverType?.StartsWith("io.containerd.snapshotter", StringComparison.Ordinal) ?? false,
        };
    }

    /// <summary>The driver's own lines: pairs of a name and a text.</summary>
    private static Dictionary<string, string> ReadStatus(JsonElement info)
    {
        var status = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!info.TryGetProperty("DriverStatus", out JsonElement lines) || lines.ValueKind != JsonValueKind.Array)
            return status;
        foreach (JsonElement line in lines.EnumerateArray())
        {
            if (line.ValueKind == JsonValueKind.Array && line.GetArrayLength() == 2 && ReadText(line[0]) is { } name && ReadText(line[1]) is { } value)
                status[name] = value;
        }

        return status;
    }

    private static string Text(JsonElement info, string name) => info.TryGetProperty(name, out JsonElement value) ? ReadText(value) ?? "" : "";

    private static string? ReadText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    private static bool? Flag(Dictionary<string, string> status, string name) => status.GetValueOrDefault(name) switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };
}
