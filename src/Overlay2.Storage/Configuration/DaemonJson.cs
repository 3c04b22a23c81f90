using System.Text;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>The engine's configuration file, read as the engine reads it.</summary>
/// <remarks>
/// Measured on 20.10: an empty file and a byte order mark are refused, what follows the first value is ignored, <c>null</c> counts as empty.
/// From 23 on (release notes and documentation): empty files and byte order marks are read, what follows the first value is refused.
/// </remarks>
internal sealed class DaemonJson(BytePath path)
{
    private static readonly EngineVersions Old = EngineVersions.Before(23);

    /// <summary>Directives by name; objects that the engine looks into are flattened. A name that stands twice has its last value.</summary>
    public Dictionary<string, EngineSetting> Directives { get; } = new(StringComparer.Ordinal);

    /// <summary>The settings that take effect: every element of a list, and text without its quotes.</summary>
    public List<EngineSetting> Settings { get; } = [];

    public List<EngineProblem> Problems { get; } = [];

    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    public static DaemonJson Read(BytePath path, ReadOnlySpan<byte> content)
    {
        DaemonJson file = new(path);
        int start = 0;
        if (content.StartsWith(ByteOrderMark))
        {
            start = ByteOrderMark.Length;
            file.Add(EngineProblemKind.InvalidFile, "The configuration file starts with a byte order mark, which engines before 23 refuse.", Old, line: 1);
        }

        if (content[start..].IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            file.Add(EngineProblemKind.InvalidFile, "The configuration file is empty, which engines before 23 refuse; {} is an empty configuration for all.", Old, line: 1);
            return file;
        }

        try
        {
            file.Read(content, JsonOutline.Parse(content, start));
        }
        catch (ConfigurationFormatException e)
        {
            file.Add(EngineProblemKind.InvalidFile, $"The configuration file is not JSON: {e.Message}", EngineVersions.All, e.Line);
        }

        return file;
    }

    private void Read(ReadOnlySpan<byte> content, JsonOutline outline)
    {
        if (!outline.IsWhole)
        {
            Add(EngineProblemKind.InvalidFile, "Something follows the first JSON value; engines before 23 ignore it, later ones refuse it.", EngineVersions.Since(23),
                JsonOutline.LineOf(content, outline.End));
        }

        if (outline.Kind == JsonTokenType.Null)
            return;
        if (outline.Kind != JsonTokenType.StartObject)
        {
            Add(EngineProblemKind.InvalidFile, "The configuration file is no JSON object.", EngineVersions.All, JsonOutline.LineOf(content, outline.Start));
            return;
        }

        if (outline.DuplicateName is { } name)
            Add(EngineProblemKind.DuplicateKey, $"The key \"{name}\" stands twice in the configuration file; the last one counts.", EngineVersions.None, line: 0);
        foreach (IGrouping<string, JsonMember> members in outline.Members.GroupBy(member => member.Name, StringComparer.Ordinal))
            Read(content, members.Last());
    }

    private void Read(ReadOnlySpan<byte> content, JsonMember member)
    {
        EngineDirective? directive = EngineDirectives.OfKey(member.Name);
        if (member.Kind == JsonTokenType.StartObject && directive is not { IsFlat: true })
        {
            JsonOutline inside = JsonOutline.Parse(content[..member.ValueEnd], member.ValueStart);
            foreach (JsonMember inner in inside.Members)
                Note(content, inner, member.Line, EngineDirectives.OfKey(inner.Name));
        }
        else
        {
            Note(content, member, member.Line, directive);
        }

        if (directive is { IsFlagOnly: false })
            Take(content, member, directive);
    }

    /// <summary>Notes a directive for the comparison with the flags, and whether the engine knows it.</summary>
    private void Note(ReadOnlySpan<byte> content, JsonMember member, int line, EngineDirective? directive)
    {
        Directives[member.Name] = new EngineSetting(member.Name, Value(content, member), Source(line));

        // The name of a flag whose key is another one is no error to the engine either, and says nothing.
        EngineVersions? known = directive?.KeyVersions ?? EngineDirectives.OfFlag(member.Name)?.FlagVersions;
        EngineVersions unknown = known switch
        {
            null => EngineVersions.All,
            { First: > 0 } since => EngineVersions.Before(since.First),
            { End: < int.MaxValue } until => EngineVersions.Since(until.End),
            _ => EngineVersions.None,
        };
        if (unknown == EngineVersions.None)
            return;
        string who = unknown == EngineVersions.All ? "No engine knows" : unknown.First == 0 ? $"Engines before {unknown.End} do not know" : $"Engines from {unknown.First} on do not know";
        Add(EngineProblemKind.UnknownDirective, $"{who} the directive \"{member.Name}\" of the configuration file.", unknown, line);
    }

    private void Take(ReadOnlySpan<byte> content, JsonMember member, EngineDirective directive)
    {
        if (member.Kind == JsonTokenType.Null)
            return;

        bool fits = directive.Type switch
        {
            DirectiveType.Text => member.Kind == JsonTokenType.String,
            DirectiveType.Switch => member.Kind is JsonTokenType.True or JsonTokenType.False,
            DirectiveType.Number => member.Kind == JsonTokenType.Number && content[member.ValueStart..member.ValueEnd].IndexOfAny(".eE"u8) < 0,
            DirectiveType.List or DirectiveType.ObjectList => member.Kind == JsonTokenType.StartArray,
            DirectiveType.Other => true,
            _ => member.Kind == JsonTokenType.StartObject,
        };
        if (!fits)
            Add(EngineProblemKind.WrongType, $"\"{member.Name}\" should be {Describe(directive.Type)}.", EngineVersions.All, member.Line);
        else if (directive.Type == DirectiveType.List)
            TakeList(content, member);
        else if (directive.Type == DirectiveType.ObjectList)
            CheckObjects(content, member);
        else if (member.Kind == JsonTokenType.StartObject && directive.Type != DirectiveType.Object)
            TakeMap(content, member, directive.Type);
        else
            Settings.Add(new EngineSetting(member.Name, Value(content, member), Source(member.Line)));
    }

    private void TakeList(ReadOnlySpan<byte> content, JsonMember member)
    {
        foreach ((JsonTokenType kind, int start, int end) in JsonOutline.Elements(content, member))
        {
            if (kind is not (JsonTokenType.String or JsonTokenType.Null))
            {
                Add(EngineProblemKind.WrongType, $"\"{member.Name}\" should hold only text.", EngineVersions.All, member.Line);
                return;
            }

            string text = kind == JsonTokenType.Null ? "" : JsonOutline.Text(content[start..end]);
            Settings.Add(new EngineSetting(member.Name, FromText(text), Source(JsonOutline.LineOf(content, start))));
        }
    }

    private void CheckObjects(ReadOnlySpan<byte> content, JsonMember member)
    {
        if (JsonOutline.Elements(content, member).Exists(element => element.Kind is not (JsonTokenType.StartObject or JsonTokenType.Null)))
            Add(EngineProblemKind.WrongType, $"\"{member.Name}\" should hold only objects.", EngineVersions.All, member.Line);
    }

    /// <summary>Takes the members of an object, named after both, such as <c>features.containerd-snapshotter</c>.</summary>
    private void TakeMap(ReadOnlySpan<byte> content, JsonMember member, DirectiveType type)
    {
        foreach (JsonMember entry in JsonOutline.Parse(content[..member.ValueEnd], member.ValueStart).Members)
        {
            bool fits = entry.Kind == JsonTokenType.Null || type switch
            {
                DirectiveType.SwitchMap => entry.Kind is JsonTokenType.True or JsonTokenType.False,
                DirectiveType.TextMap => entry.Kind == JsonTokenType.String,
                _ => entry.Kind == JsonTokenType.StartObject,
            };
            if (fits)
                Settings.Add(new EngineSetting($"{member.Name}.{entry.Name}", Value(content, entry), Source(member.Line + entry.Line - 1)));
            else
                Add(EngineProblemKind.WrongType, $"\"{entry.Name}\" in \"{member.Name}\" should be {DescribeEntry(type)}.", EngineVersions.All, member.Line);
        }
    }

    private static string DescribeEntry(DirectiveType type) => type switch
    {
        DirectiveType.SwitchMap => "true or false",
        DirectiveType.TextMap => "text in quotes",
        _ => "an object in braces",
    };

    private static string Describe(DirectiveType type) => type switch
    {
        DirectiveType.Text => "text in quotes",
        DirectiveType.Switch => "true or false",
        DirectiveType.Number => "a whole number",
        DirectiveType.List => "a list of text in brackets",
        DirectiveType.ObjectList => "a list of objects in brackets",
        _ => "an object in braces",
    };

    private static ByteString Value(ReadOnlySpan<byte> content, JsonMember member)
    {
        ReadOnlySpan<byte> value = content[member.ValueStart..member.ValueEnd];
        return member.Kind == JsonTokenType.String ? FromText(JsonOutline.Text(value)) : new ByteString(value);
    }

    private static ByteString FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    private ConfigurationSource Source(int line) => new(ConfigurationSourceKind.ConfigurationFile, path, line);

    private void Add(EngineProblemKind kind, string message, EngineVersions stops, int line) =>
        Problems.Add(new EngineProblem(kind, message, stops, Source(line)));
}
