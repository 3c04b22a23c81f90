using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>Changes a directive of the engine's configuration file and leaves every other byte as it is.</summary>
internal static class DaemonJsonEdit
{
    /// <summary>The content with a text directive set.</summary>
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

        JsonOutline outline = Parse(content, start);
        if (outline.Members.Find(known => known.Name == key) is { } present)
            return Replace(content, present.ValueStart, present.ValueEnd, $"\"{value}\"");
        return outline.Members.Count == 0
            ? AddFirst(content, outline, newLine, member)
            : AddLast(content, outline, $"\"{key}\"", $"\"{value}\"");
    }

    /// <summary>The content without some elements of a list of text; without any left the list is <c>[]</c>.</summary>
    /// <exception cref="ConfigurationFormatException">The content is not a JSON object, has more after it, or has a key twice.</exception>
    public static byte[] RemoveElements(ReadOnlySpan<byte> content, string key, Predicate<ByteString> isMeant)
    {
        JsonOutline outline = Parse(content, content.StartsWith(DaemonJson.ByteOrderMark) ? DaemonJson.ByteOrderMark.Length : 0);
        if (outline.Members.Find(known => known.Name == key) is not { Kind: JsonTokenType.StartArray } list)
            return content.ToArray();

        List<(JsonTokenType Kind, int Start, int End)> elements = JsonOutline.Elements(content, list);
        List<int> meant = [];
        for (int i = 0; i < elements.Count; i++)
        {
            (JsonTokenType kind, int start, int end) = elements[i];
            if (kind is not (JsonTokenType.String or JsonTokenType.Null))
                throw Refuse(content, start, $"\"{key}\" should hold only text.");
            if (kind == JsonTokenType.String && isMeant(ByteString.FromText(JsonOutline.Text(content[start..end]))))
                meant.Add(i);
        }

        if (meant.Count == elements.Count)
            return meant.Count == 0 ? content.ToArray() : Replace(content, list.ValueStart + 1, list.ValueEnd - 1, "");
        List<byte> changed = [.. content];
        foreach (int index in Enumerable.Reverse(meant))
        {
            // The comma goes with what stands before an element, or behind the first ones.
            bool isFirst = meant.IndexOf(index) == index;
            int start = isFirst ? elements[index].Start : elements[index - 1].End;
            changed.RemoveRange(start, (isFirst ? elements[index + 1].Start : elements[index].End) - start);
        }

        return [.. changed];
    }

    private static JsonOutline Parse(ReadOnlySpan<byte> content, int start)
    {
        JsonOutline outline = JsonOutline.Parse(content, start);
        if (outline.Kind != JsonTokenType.StartObject)
            throw Refuse(content, outline.Start, "The file is no JSON object.");
        if (!outline.IsWhole)
            throw Refuse(content, outline.End, "Something follows the object.");
        if (outline.DuplicateName is { } name)
            throw Refuse(content, outline.Start, $"The key \"{name}\" stands twice, so it is not clear which one is meant.");

        return outline;
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
