using System.Text;
using System.Text.Json;

namespace Overlay2.Storage.Stores;

/// <summary>Sets a text directive in the engine's configuration file and leaves every other byte as it is.</summary>
internal static class DaemonJsonEdit
{
    /// <summary>The new content.</summary>
    /// <param name="content">The content; empty for a new file.</param>
    /// <param name="key">The directive.</param>
    /// <param name="value">The value; plain characters that need no escape.</param>
    /// <exception cref="ConfigurationFormatException">The content is not a JSON object, has more after it, or has a key twice.</exception>
    public static byte[] SetText(ReadOnlySpan<byte> content, string key, string value)
    {
        int start = content.StartsWith(DaemonJson.ByteOrderMark) ? DaemonJson.ByteOrderMark.Length : 0;
        string newLine = content.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        string member = $"\"{key}\": \"{value}\"";
        if (content[start..].IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return Replace(content, start, start, $"{{{newLine}  {member}{newLine}}}{(content.Length == start ? newLine : "")}");

        JsonOutline outline = JsonOutline.Parse(content, start);
        if (outline.Kind != JsonTokenType.StartObject)
            throw Refuse(content, outline.Start, "The file is no JSON object.");
        if (!outline.IsWhole)
            throw Refuse(content, outline.End, "Something follows the object.");
        if (outline.DuplicateName is { } name)
            throw Refuse(content, outline.Start, $"The key \"{name}\" stands twice, so it is not clear which one is meant.");

        if (outline.Members.Find(known => known.Name == key) is { } present)
            return Replace(content, present.ValueStart, present.ValueEnd, $"\"{value}\"");
        return outline.Members.Count == 0
            ? AddFirst(content, outline, newLine, member)
            : AddLast(content, outline, $"\"{key}\"", $"\"{value}\"");
    }

    private static byte[] AddFirst(ReadOnlySpan<byte> content, JsonOutline outline, string newLine, string member)
    {
        int open = outline.End - 1 - content[..(outline.End - 1)].LastIndexOf((byte)'{') - 1;
        ReadOnlySpan<byte> inside = content.Slice(outline.End - 1 - open, open);
        string close = inside.Contains((byte)'\n') ? "" : newLine;
        return Replace(content, outline.End - 1 - open, outline.End - 1 - open, $"{newLine}  {member}{close}");
    }

    /// <summary>The new member is spaced as the last one is: what stands before its name and around its colon is repeated.</summary>
    private static byte[] AddLast(ReadOnlySpan<byte> content, JsonOutline outline, string name, string value)
    {
        JsonMember last = outline.Members[^1];
        int before = outline.Members.Count > 1 ? outline.Members[^2].ValueEnd : content[..last.NameStart].LastIndexOf((byte)'{');
        ReadOnlySpan<byte> space = content[before..last.NameStart].TrimStart(" \t\r\n"u8)[1..];
        ReadOnlySpan<byte> colon = content[last.NameEnd..last.ValueStart];
        List<byte> addition = [(byte)',', .. space, .. Encoding.UTF8.GetBytes(name), .. colon, .. Encoding.UTF8.GetBytes(value)];
        return [.. content[..last.ValueEnd], .. addition, .. content[last.ValueEnd..]];
    }

    private static byte[] Replace(ReadOnlySpan<byte> content, int start, int end, string text) =>
        [.. content[..start], .. Encoding.UTF8.GetBytes(text), .. content[end..]];

    private static ConfigurationFormatException Refuse(ReadOnlySpan<byte> content, int offset, string reason) =>
        new(JsonOutline.LineOf(content, offset), offset, reason);
}
