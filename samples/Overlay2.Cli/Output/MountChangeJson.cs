using System.Text.Json;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Output;

/// <summary>A line of <c>watch --json</c>, format version 1.</summary>
internal static class MountChangeJson
{
    public static void Write(Utf8JsonWriter json, MountChange change)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", 1);
        json.WriteString("change", change.Kind switch
        {
            MountChangeKind.Added => "added",
            MountChangeKind.Removed => "removed",
            MountChangeKind.Moved => "moved",
            _ => "remounted",
        });
        Write(json, "before", change.Before);
        Write(json, "after", change.After);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, MountEntry? mount)
    {
        json.WritePropertyName(name);
        if (mount is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        MountsJson.WriteFields(json, mount);
        json.WriteEndObject();
    }
}
