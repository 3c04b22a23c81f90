using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Mounts;

namespace Overlay2.Cli.Output;

/// <summary><c>mounts --json</c>, format version 1.</summary>
internal static class MountsJson
{
    private const int FormatVersion = 1;

    public static void Write(Utf8JsonWriter json, MountTable table, MountFilter filter)
    {
        json.WriteStartObject();
        json.WriteNumber("formatVersion", FormatVersion);
        WriteMounts(json, table, filter);
        json.WriteEndObject();
    }

    /// <summary>The member <c>mounts</c>.</summary>
    public static void WriteMounts(Utf8JsonWriter json, MountTable table, MountFilter filter)
    {
        json.WriteStartArray("mounts");
        foreach (MountEntry mount in table.Entries)
        {
            MountVisibility visibility = table.GetVisibility(mount);
            if (!filter.Shows(mount, visibility))
                continue;
            Write(json, mount, visibility);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, MountEntry mount, MountVisibility visibility)
    {
        json.WriteStartObject();
        WriteFields(json, mount);
        if (visibility.HiddenBy is { } hiddenBy)
            json.WriteNumber("hiddenBy", hiddenBy.MountId);
        else
            json.WriteNull("hiddenBy");
        if (mount.IsOverlay)
            OverlayJson.Write(json, OverlayLayers.Read(mount.SuperOptions.Span));
        json.WriteEndObject();
    }

    /// <summary>The members that are fields of the mountinfo line.</summary>
    public static void WriteFields(Utf8JsonWriter json, MountEntry mount)
    {
        json.WriteNumber("id", mount.MountId);
        json.WriteNumber("parent", mount.ParentId);
        json.WriteNumber("major", mount.Major);
        json.WriteNumber("minor", mount.Minor);
        SurrogateEscape.WriteProperty(json, "root", mount.Root.Span);
        SurrogateEscape.WriteProperty(json, "mountPoint", mount.MountPoint.Span);
        SurrogateEscape.WriteProperty(json, "options", mount.Options.Span);
        json.WriteStartArray("optionalFields");
        foreach (ByteString field in mount.OptionalFields)
            SurrogateEscape.WriteValue(json, field.Span);
        json.WriteEndArray();
        SurrogateEscape.WriteProperty(json, "type", mount.FileSystemType.Span);
        SurrogateEscape.WriteProperty(json, "source", mount.Source.Span);
        SurrogateEscape.WriteProperty(json, "superOptions", mount.SuperOptions.Span);
    }
}
