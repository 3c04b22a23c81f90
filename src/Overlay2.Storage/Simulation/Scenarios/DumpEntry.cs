using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>One object of a real tree as a scenario shows it: every field as its JSON text.</summary>
internal sealed class DumpEntry
{
    private readonly List<(string Name, string Json)> _fields = [];

    public required ByteString Path { get; init; }

    public IReadOnlyList<(string Name, string Json)> Fields => _fields;

    public void Add(string name, string json) => _fields.Add((name, json));

    public string? Find(string name)
    {
        foreach ((string field, string json) in _fields)
        {
            if (field == name)
                return json;
        }

        return null;
    }

    public bool IsSame(DumpEntry other)
    {
        if (_fields.Count != other._fields.Count)
            return false;
        for (int i = 0; i < _fields.Count; i++)
        {
            if (_fields[i] != other._fields[i])
                return false;
        }

        return true;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("p");
        ScenarioJson.WriteBytes(writer, Path.Span);
        foreach ((string name, string json) in _fields)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
