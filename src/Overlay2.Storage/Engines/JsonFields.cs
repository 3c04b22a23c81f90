using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Engines;

/// <summary>Members of a JSON object whose types are checked: a wrong one is noted, and the member counts as absent.</summary>
internal sealed class JsonFields(JsonElement value, string prefix, List<string> errors)
{
    private const int MaxTextLength = 1 << 14;
    private const int MaxDepth = 64;

    /// <summary>Reads a JSON object, or an array of objects (see <see cref="Elements"/>), of at most 64 levels.</summary>
    /// <param name="json">The text.</param>
    /// <param name="kind">Which of the two it has to be.</param>
    /// <param name="read">Takes the members, which live no longer; is not called where the text as a whole is wrong.</param>
    /// <returns>What was wrong, also with objects inside; <see langword="null"/> where nothing was.</returns>
    public static string? Read(ByteString json, JsonValueKind kind, Action<JsonFields> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.Memory, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (document.RootElement.ValueKind != kind)
                return $"{document.RootElement.ValueKind} instead of {(kind == JsonValueKind.Array ? "an array" : "an object")}";
            List<string> errors = [];
            read(new JsonFields(document.RootElement, "", errors));
            return errors.Count == 0 ? null : string.Join("; ", errors);
        }
        catch (JsonException e)
        {
            return e.LineNumber is { } line ? $"not JSON: line {line + 1}, byte {e.BytePositionInLine}" : "not JSON";
        }
    }

    /// <summary>The objects of the array; those of another type are left out.</summary>
    public IEnumerable<JsonFields> Elements()
    {
        int index = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{index++}]");
            if (element.ValueKind == JsonValueKind.Object)
                yield return new JsonFields(element, $"{name}.", errors);
            else
                Note(name, $"{element.ValueKind} instead of Object");
        }
    }

    /// <summary>An object; an empty one where absent or null.</summary>
    public JsonFields Object(string name) => new(Member(name, JsonValueKind.Object), $"{prefix}{name}.", errors);

    /// <summary>A text of at most 16 KiB; empty where absent or null.</summary>
    public string Text(string name) => TextOf(Member(name, JsonValueKind.String), name);

    /// <summary>A number that fits an int; 0 where absent or null.</summary>
    public int Number(string name)
    {
        JsonElement member = Member(name, JsonValueKind.Number);
        if (member.ValueKind == JsonValueKind.Undefined)
            return 0;
        if (member.TryGetInt32(out int number))
            return number;
        Note(name, "out of range");
        return 0;
    }

    /// <summary>A truth value; false where absent or null.</summary>
    public bool Truth(string name) => Member(name, JsonValueKind.True).ValueKind == JsonValueKind.True;

    /// <summary>The texts of an array; those of another type are left out.</summary>
    public IEnumerable<string> Texts(string name)
    {
        JsonElement array = Member(name, JsonValueKind.Array);
        if (array.ValueKind == JsonValueKind.Undefined)
            yield break;

        foreach (JsonElement element in array.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String)
                yield return TextOf(element, name);
            else
                Note(name, $"{element.ValueKind} instead of String");
        }
    }

    /// <summary>The names of all members.</summary>
    public IEnumerable<string> Names()
    {
        if (value.ValueKind != JsonValueKind.Object)
            yield break;

        foreach (JsonProperty property in value.EnumerateObject())
        {
            string? name = null;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                Note("", "a name that is not text");
            }

            if (name is not null)
                yield return name;
        }
    }

    private string TextOf(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.String)
            return "";

        try
        {
            string text = element.GetString()!;
            if (text.Length <= MaxTextLength)
                return text;
            Note(name, "too long");
        }
        catch (InvalidOperationException)
        {
            // Bytes that are not UTF-8, or half a surrogate pair.
            Note(name, "not text");
        }

        return "";
    }

    private JsonElement Member(string name, JsonValueKind kind)
    {
        if (!TryFind(name, out JsonElement member) || member.ValueKind == JsonValueKind.Null)
            return default;
        if (member.ValueKind == kind || (kind == JsonValueKind.True && member.ValueKind == JsonValueKind.False))
            return member;
        Note(name, $"{member.ValueKind} instead of {(kind == JsonValueKind.True ? "True or False" : kind)}");
        return default;
    }

    private bool TryFind(string name, out JsonElement member)
    {
        member = default;
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out member);
        }
        catch (InvalidOperationException)
        {
            // Another member's name holds half a surrogate pair, which the search cannot compare.
            Note(name, "beside a name that is not text");
            return false;
        }
    }

    /// <summary>Notes what is wrong with a member.</summary>
    public void Note(string name, string error)
    {
        const int MaxErrors = 8;
        if (errors.Count < MaxErrors)
            errors.Add($"{prefix}{name}: {error}");
    }
}
