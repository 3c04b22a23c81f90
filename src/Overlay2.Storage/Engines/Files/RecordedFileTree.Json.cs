using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines.Files;

internal sealed partial class RecordedFileTree
{
    private const int MaxEntries = 1_000_000;

    /// <summary>Reads a record: <c>{"root":"/…","entries":[{"path":…,"type":"dir|file|symlink|char|other","size":…,"text"|"base64":…,"target":…,"xattrs":{…}}]}</c>.</summary>
    /// <param name="json">The record, in UTF-8. Other members are passed over.</param>
    /// <exception cref="JsonException">Not such a record.</exception>
    public static RecordedFileTree Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        try
        {
            BytePath root = PathOf(document.RootElement.GetProperty("root"));
            Dictionary<BytePath, Node> nodes = new() { [new BytePath(s_self)] = new Node(StoreEntryType.Directory) };
            JsonElement entries = document.RootElement.GetProperty("entries");
            if (entries.GetArrayLength() > MaxEntries)
                throw new JsonException($"More than {MaxEntries} entries.");
            foreach (JsonElement entry in entries.EnumerateArray())
                nodes[RelativePathOf(entry.GetProperty("path"))] = NodeOf(entry);
            foreach (BytePath path in nodes.Keys)
            {
                if (path.Bytes != s_self && path.TryGetParent(out BytePath parent)
                    && nodes.TryGetValue(parent.IsEmpty ? new BytePath(s_self) : parent, out Node? directory))
                {
                    directory.Names.Add(path.FileName);
                }
            }

            foreach (Node node in nodes.Values)
                node.Names.Sort();
            return new RecordedFileTree(root, nodes);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new JsonException("Not a recorded directory tree.", e);
        }
    }

    private static Node NodeOf(JsonElement entry)
    {
        StoreEntryType type = entry.GetProperty("type").GetString() switch
        {
            "dir" => StoreEntryType.Directory,
            "file" => StoreEntryType.RegularFile,
            "symlink" => StoreEntryType.SymbolicLink,
            "char" => StoreEntryType.CharacterDevice,
            _ => StoreEntryType.Other,
        };
        ByteString? content = null;
        if (entry.TryGetProperty("text", out JsonElement text))
            content = ByteString.FromText(text.GetString()!);
        else if (entry.TryGetProperty("base64", out JsonElement base64))
            content = ByteString.Wrap(base64.GetBytesFromBase64());

        // A file without a byte needs no content in the record.
        long size = entry.TryGetProperty("size", out JsonElement number) ? number.GetInt64() : content?.Length ?? 0;
        if (size == 0 && type == StoreEntryType.RegularFile)
            content ??= default(ByteString);

        Dictionary<ByteString, ByteString> attributes = [];
        if (entry.TryGetProperty("xattrs", out JsonElement recorded))
        {
            foreach (JsonProperty attribute in recorded.EnumerateObject())
                attributes[ByteString.FromText(attribute.Name)] = ByteString.Wrap(attribute.Value.GetBytesFromBase64());
        }

        return new Node(type)
        {
            Size = size,
            Content = content,
            Target = entry.TryGetProperty("target", out JsonElement target) ? PathOf(target) : default,
            Attributes = attributes,
        };
    }

    private static BytePath RelativePathOf(JsonElement text)
    {
        BytePath path = PathOf(text);
        BytePath plain = default;
        foreach (ReadOnlySpan<byte> component in path.GetComponents())
        {
            if (!component.SequenceEqual("."u8) && !component.SequenceEqual(".."u8))
                plain = plain.Combine(new BytePath(component));
        }

        return plain == path && !path.IsEmpty ? path : throw new JsonException($"The path {path} is not one of plain names below the root.");
    }

    private static BytePath PathOf(JsonElement text) => BytePath.FromText(text.GetString() ?? throw new JsonException("A path is missing."));
}
