using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Reads a layer of a scenario.</summary>
internal static class ScenarioLayer
{
    private static readonly ImmutableSortedDictionary<ByteString, ImmutableArray<byte>> s_noAttributes = ImmutableSortedDictionary<ByteString, ImmutableArray<byte>>.Empty;

    public static LayerTree Read(JsonElement entries, ScenarioBudget budget) => LayerTree.Of(entries.EnumerateArray().Select(entry => ReadEntry(entry, budget)));

    private static LayerEntry ReadEntry(JsonElement entry, ScenarioBudget budget)
    {
        var path = new BytePath(ScenarioJson.GetName(entry.GetProperty("p")));
        string type = ScenarioJson.GetText(entry.GetProperty("t"));
        if (type == "hardlink")
            return new LayerEntry { Path = path, Type = FileType.Regular, HardLinkTo = new BytePath(ScenarioJson.GetName(entry.GetProperty("to"))) };

        (long size, ImmutableArray<LayerData> content) = type == "reg" ? ReadContent(entry, budget) : (0, []);
        return new LayerEntry
        {
            Path = path,
            Type = ScenarioNames.TypeOf(type),
            Mode = entry.TryGetProperty("m", out JsonElement mode) ? ScenarioNames.Octal(mode) : 0,
            Uid = entry.GetProperty("u").GetUInt32(),
            Gid = entry.GetProperty("g").GetUInt32(),
            AccessTime = entry.GetProperty("at").GetInt64(),
            ModificationTime = entry.GetProperty("mt").GetInt64(),
            Size = size,
            Content = content,
            LinkTarget = type == "lnk" ? new BytePath(ScenarioJson.GetName(entry.GetProperty("to"))) : default,
            Device = entry.TryGetProperty("rdev", out JsonElement number) ? ScenarioJson.GetDevice(number) : default,
            ExtendedAttributes = entry.TryGetProperty("x", out JsonElement attributes) ? ReadAttributes(attributes) : s_noAttributes,
        };
    }

    private static ImmutableSortedDictionary<ByteString, ImmutableArray<byte>> ReadAttributes(JsonElement attributes)
    {
        var read = s_noAttributes.ToBuilder();
        foreach (JsonProperty attribute in attributes.EnumerateObject())
            read[ByteString.FromText(attribute.Name)] = ImmutableArray.Create(Convert.FromHexString(ScenarioJson.GetText(attribute.Value)));
        return read.ToImmutable();
    }

    private static (long Size, ImmutableArray<LayerData> Content) ReadContent(JsonElement entry, ScenarioBudget budget)
    {
        if (entry.TryGetProperty("text", out JsonElement text))
        {
            ReadOnlyMemory<byte> bytes = ScenarioJson.GetBytes(text).Memory;
            return (bytes.Length, [new LayerData(0, bytes)]);
        }

        long size = entry.GetProperty("size").GetInt64();
        if (entry.TryGetProperty("nodata", out JsonElement none) && none.GetBoolean())
            return (size, []);
        budget.Take(size);
        ReadOnlyMemory<byte> data = FillPattern.Make(entry.GetProperty("seed").GetInt64(), size);
        if (!entry.TryGetProperty("hole", out JsonElement hole))
            return (size, [new LayerData(0, data)]);
        (long start, long length) = ScenarioJson.GetPair(hole);
        if (start < 0 || length < 0 || length > size || start > size - length)
            throw new ScenarioFormatException("A hole does not lie in its file.");
        int end = (int)(start + length);
        return (size, [new LayerData(0, data[..(int)start]), new LayerData(end, data[end..])]);
    }
}
