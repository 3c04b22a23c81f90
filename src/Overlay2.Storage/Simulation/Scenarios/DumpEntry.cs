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

    public string? Find(string name) => _fields.Find(field => field.Name == name).Json;

    public bool IsSame(DumpEntry other) => _fields.SequenceEqual(other._fields);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        ScenarioJson.WriteBytes(writer, "p", Path.Span);
        WriteFields(writer);
        writer.WriteEndObject();
    }

    public void WriteFields(Utf8JsonWriter writer)
    {
        foreach ((string name, string json) in _fields)
            ScenarioJson.WriteJson(writer, name, json);
    }
}
